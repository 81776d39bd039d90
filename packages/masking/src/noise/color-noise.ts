// Noise of a color: white noise through Gaussian filters, the generator that ColorMAE describes and did not publish.

import { assertInteger, assertOneOf, assertRange, type Rng, SemmaeError } from '@semmae/core';

import { blurRadius, periodicBlur } from './periodic-blur';

export type NoiseColor = 'white' | 'red' | 'blue' | 'green' | 'purple';

/** A color and how wide its filters are. */
export interface ColorFilter {
  /** Default `green`, the best of ColorMAE's table. */
  color?: NoiseColor | undefined;
  /**
   * Standard deviation of the Gaussian in patches, 0.1 to 32; for `green` and `purple` [weak, strong], weak < strong. The
   * published values are unknown, so the defaults are ours: red 2, blue 1, green and purple [1, 2]. White has none.
   */
  sigma?: number | readonly [weak: number, strong: number] | undefined;
}

/** A filter whose options are checked and filled in: W - G_weak * W and the like. */
export interface ResolvedFilter {
  readonly color: NoiseColor;
  /** One value for red and blue, two for green and purple, none for white. */
  readonly sigmas: readonly number[];
}

const defaultSigmas = { white: [], red: [2], blue: [1], green: [1, 2], purple: [1, 2] } as const;

/**
 * A map of noise [rows * columns], row-major, zero on average: `white` W; `red` G_σ * W (low frequencies); `blue` W - G_σ * W
 * (high); `green` G_weak * W - G_strong * W (a middle band); `purple` W - green (all but that band). The map is periodic:
 * opposite edges meet.
 *
 * Reference: Hinojosa et al., "ColorMAE: Exploring data-independent masking strategies in Masked AutoEncoders", §3,
 * https://arxiv.org/abs/2407.13036
 */
export function colorNoise(
  { rows, columns, ...filter }: ColorFilter & { rows: number; columns: number },
  rng: Rng,
): Float32Array {
  assertInteger('colorNoise', 'rows', rows);
  assertInteger('colorNoise', 'columns', columns);
  return filteredNoise(resolveFilter('colorNoise', filter), rows, columns, rng);
}

/** The checked filter of the options. */
export function resolveFilter(where: string, { color = 'green', sigma }: ColorFilter): ResolvedFilter {
  assertOneOf(where, 'color', color, Object.keys(defaultSigmas) as NoiseColor[]);
  const defaults = defaultSigmas[color];
  const sigmas = sigma === undefined ? defaults : typeof sigma === 'number' ? [sigma] : sigma;
  const [weak, strong] = sigmas;
  if (sigmas.length !== defaults.length || (weak !== undefined && strong !== undefined && weak >= strong)) {
    throw new SemmaeError({
      where,
      requirement: `sigma of ${color} must be ${['left out', 'one number', 'two, [weak, strong] with weak < strong'][defaults.length]}`,
      got: sigma,
      remedy: 'red and blue take one Gaussian, green and purple two',
    });
  }
  for (const value of sigmas) assertRange(where, 'sigma', value, 0.1, 32);
  return { color, sigmas };
}

export function filteredNoise(
  { color, sigmas }: ResolvedFilter,
  rows: number,
  columns: number,
  rng: Rng,
): Float32Array {
  const white = Float32Array.from({ length: rows * columns }, rng.normal);
  const blurs = sigmas.map((sigma) => periodicBlur(white, rows, columns, sigma));
  const [weak, strong] = blurs;
  switch (color) {
    case 'white':
      return white;
    case 'red':
      return weak!;
    case 'blue':
      return minus(white, weak!);
    case 'green':
      return minus(weak!, strong!);
    case 'purple':
      return minus(white, minus(weak!, strong!));
  }
}

/** How far the filter reaches to each side, in patches. */
export function filterRadius({ sigmas }: ResolvedFilter): number {
  return blurRadius(Math.max(0, ...sigmas));
}

function minus(left: Float32Array, right: Float32Array): Float32Array {
  return left.map((value, place) => value - right[place]!);
}
