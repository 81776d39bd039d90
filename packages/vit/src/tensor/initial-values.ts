// How weights start: each function fills a flat array of the weight's size from the weight's own random stream.

import type { Rng } from '@semmae/core';

export type InitialValues = (shape: readonly number[], rng: Rng) => Float32Array;

/** Uniform in ±sqrt(6 / (inputs + outputs)) for a kernel [inputs, outputs] (Glorot & Bengio, 2010, Eq. 16). */
export const xavierUniform: InitialValues = (shape, rng) => {
  const [inputs, outputs] = shape as [number, number];
  return uniform(Math.sqrt(6 / (inputs + outputs)))(shape, rng);
};

/** Uniform in ±bound. */
export function uniform(bound: number): InitialValues {
  return (shape, rng) => filled(shape, () => bound * (2 * rng.uniform() - 1));
}

/** Normal with mean 0. */
export function normal(deviation: number): InitialValues {
  return (shape, rng) => filled(shape, () => deviation * rng.normal());
}

export function constant(value: number): InitialValues {
  return (shape) => filled(shape, () => value);
}

function filled(shape: readonly number[], draw: () => number): Float32Array {
  const values = new Float32Array(shape.reduce((size, axis) => size * axis, 1));
  for (let index = 0; index < values.length; index++) values[index] = draw();
  return values;
}
