// Filter weights for resizing one axis: an interpolating kernel that widens when the axis shrinks, so nothing aliases.

import type { Interpolation } from '@semmae/core';

/** For every target position, `taps` consecutive source positions from `first` on and their weights, which sum to 1. */
export interface ResamplingWeights {
  readonly taps: number;
  /** [count], offsets from the start of the crop. */
  readonly first: Int32Array;
  /** [count, taps]; zero where the kernel does not reach. */
  readonly weights: Float64Array;
}

export interface ResamplingStretch {
  /** Which target positions are wanted. */
  start: number;
  count: number;
  /** Whole samples that are there, where `source` is a fraction of them. Default `source`. */
  samples?: number;
  /** Where the source begins among them. Default 0. */
  shift?: number;
}

/**
 * Weights from `source` to `target` samples of the same extent. Weights beyond the border are dropped and the rest scaled up.
 */
export function resamplingWeights(
  source: number,
  target: number,
  interpolation: Interpolation,
  { start: begin, count, samples = source, shift = 0 }: ResamplingStretch = { start: 0, count: target },
): ResamplingWeights {
  const { kernel, radius } = kernels[interpolation];
  const step = source / target;
  const spread = Math.max(step, 1); // antialiasing: the kernel spans at least one target sample
  const reach = radius * spread;
  const taps = Math.min(samples, Math.ceil(2 * reach)); // whole positions strictly within reach of a center
  const first = new Int32Array(count);
  const weights = new Float64Array(count * taps);
  for (let position = 0; position < count; position++) {
    const center = shift + (begin + position + 0.5) * step - 0.5;
    const start = Math.min(Math.max(Math.floor(center - reach) + 1, 0), samples - taps);
    first[position] = start;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += kernel((start + tap - center) / spread);
    for (let tap = 0; tap < taps; tap++) {
      weights[position * taps + tap] = kernel((start + tap - center) / spread) / sum;
    }
  }
  return { taps, first, weights };
}

interface Kernel {
  /** Weight at a distance in samples. */
  kernel(distance: number): number;
  /** Distance from which on the weight is 0. */
  radius: number;
}

const kernels: Readonly<Record<Interpolation, Kernel>> = {
  bilinear: { kernel: (distance) => Math.max(0, 1 - Math.abs(distance)), radius: 1 },
  bicubic: { kernel: keysCubic, radius: 2 },
  lanczos: { kernel: lanczos, radius: 3 },
};

/** Keys' cubic with a = -1/2, the bicubic of Pillow and of antialiased torchvision (Keys 1981, doi:10.1109/TASSP.1981.1163711). */
function keysCubic(distance: number): number {
  const t = Math.abs(distance);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  if (t < 2) return ((-0.5 * t + 2.5) * t - 4) * t + 2;
  return 0;
}

/** Sinc in a window of three of its lobes, Pillow's LANCZOS (Duchon 1979, doi:10.1175/1520-0450(1979)018<1016:LFIOAT>2.0.CO;2). */
function lanczos(distance: number): number {
  return Math.abs(distance) < 3 ? sinc(distance) * sinc(distance / 3) : 0;
}

function sinc(t: number): number {
  return t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
}
