// The large-kernel blur that takes the texture out of the attention maps before the decoder sees them.

import { assertInteger, assertOneOf, type PatchGrid, SemmaeError } from '@semmae/core';
import { type AxisMap, axisMap } from '@semmae/vit/tensor';

export interface MapBlur {
  /** Default 'gaussian'. A box lets fine texture through with its sign inverted. */
  kind?: 'gaussian' | 'box' | 'none';
  /** Side of the kernel, odd. Default `defaultBlurSize(grid)`; SemMAE §4.1 uses 7 on 28x28 maps. */
  size?: number;
}

/** A quarter of the shorter side, odd and at least 3: 7 at 28x28 as in SemMAE §4.1, 3 at 14x14, 5 at 16x16. */
export function defaultBlurSize({ rows, columns }: PatchGrid): number {
  return Math.max(3, 2 * Math.floor(Math.min(rows, columns) / 8) + 1);
}

/** The weights of one line of the kernel, summing to 1. Gaussian: sigma = 0.3 * ((size - 1) / 2 - 1) + 0.8, OpenCV's rule. */
export function blurKernel({ kind = 'gaussian', size }: Required<MapBlur>): number[] {
  assertOneOf('blurKernel', 'kind', kind, ['gaussian', 'box', 'none']);
  assertInteger('blurKernel', 'size', size);
  if (size % 2 === 0) {
    throw new SemmaeError({
      where: 'blurKernel',
      requirement: 'size must be odd',
      got: size,
      remedy: `use ${size + 1}`,
    });
  }
  if (kind === 'none') return [1];
  const radius = (size - 1) / 2;
  const sigma = 0.3 * (radius - 1) + 0.8;
  const weights = Array.from({ length: size }, (_, tap) =>
    kind === 'box' ? 1 : Math.exp(-0.5 * ((tap - radius) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Convolution of a line of `length` values with `kernel`, mirrored at both ends, times `gain`. */
export function blurMap(length: number, kernel: readonly number[], gain = 1): AxisMap {
  const radius = (kernel.length - 1) / 2;
  return axisMap(length, length, (position) =>
    kernel.map((weight, tap) => [position + tap - radius, weight * gain] as const),
  );
}
