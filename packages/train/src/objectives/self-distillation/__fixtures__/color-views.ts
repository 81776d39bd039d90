// Views of images of three colors, 16 pixels wide, and a recipe small enough to learn them in a test.

import { createRng, type Rng } from '@semmae/core';

import type { PixelViews } from '../pixel-views';
import { type SelfDistillationRecipe, selfDistillationRecipe } from '../self-distillation-recipe';

export const colorRecipe: SelfDistillationRecipe = {
  ...selfDistillationRecipe('ibot-small'),
  name: 'colors',
  encoder: { patchSize: 4, width: 12, depth: 1, heads: 3, positions: 'learned', dropPath: 0.1 },
  head: { hiddenWidth: 32, bottleneckWidth: 16, prototypes: 32, normalizeLastLayer: true },
  views: { globalSize: 16, globalScale: [0.3, 1], localSize: 8, localScale: [0.08, 0.3], localCount: 2 },
  epochs: 3,
  batchSize: 7,
  learningRate: 0.1,
  warmupEpochs: 1,
  freezeEpochs: 1,
  classTemperature: [0.04, 0.04],
  patchTemperature: [0.04, 0.04],
  temperatureEpochs: 2,
  momentum: [0.95, 1],
};

export const stepsPerEpoch = 8;

/** Class means of the normalized colors; the classes differ in hue, the images in brightness, texture and place. */
const colors = [
  [1.5, -1, -1],
  [-1, 1.5, -1],
  [-1, -1, 1.5],
] as const;

export function imageClass(image: number): number {
  return image % colors.length;
}

/** One view [size · size · 3]: the class color on a gray ground, with noise and a brightness of its own. */
export function drawView(image: number, size: number, rng: Rng): Float32Array {
  const color = colors[imageClass(image)]!;
  const brightness = 0.5 * rng.normal();
  const stripes = 2 + rng.integer(3);
  return Float32Array.from({ length: size * size * 3 }, (_, index) => {
    const column = Math.floor(index / 3) % size;
    const onObject = column % stripes !== 0;
    return (onObject ? color[index % 3]! : 0) + brightness + 0.3 * rng.normal();
  });
}

/** Seven images for each step, other ones in each. */
export function colorViews(epoch: number, step: number): PixelViews {
  const { globalSize, localSize, localCount } = colorRecipe.views;
  const rng = createRng(23).split('views', epoch, step);
  const images = Array.from({ length: colorRecipe.batchSize }, () => rng.integer(97));
  const draw = (count: number, size: number) =>
    joined(Array.from({ length: count }, () => images.map((image) => drawView(image, size, rng))).flat());
  return { globals: draw(2, globalSize), locals: draw(localCount, localSize) };
}

export function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  arrays.reduce((offset, values) => {
    all.set(values, offset);
    return offset + values.length;
  }, 0);
  return all;
}
