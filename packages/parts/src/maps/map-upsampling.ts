// Attention logits on a finer grid than the tokens: the cheap way to 28x28 maps from a 14x14 encoder.

import { type PatchGrid, SemmaeError } from '@semmae/core';

import { type MapResampling, mapResampling } from './map-resampling';

/** Bilinear interpolation between patch centers, constant beyond the outermost. */
export function mapUpsampling(from: PatchGrid, to: PatchGrid): MapResampling {
  if (to.rows < from.rows || to.columns < from.columns) {
    throw new SemmaeError({
      where: 'mapUpsampling',
      requirement: `mapGrid must be at least the grid of the tokens, ${from.rows}x${from.columns}`,
      got: `${to.rows}x${to.columns}`,
      remedy: 'resample the finished maps with resamplePartAttention',
    });
  }
  return mapResampling(from, to);
}
