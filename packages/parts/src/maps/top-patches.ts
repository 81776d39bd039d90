// The most salient patches, the quarter that SemMAE keeps of an 8x8-patch image.

import { assertRange, rankByScore } from '@semmae/core';

/**
 * Indices of the `floor(N * fraction)` highest scores, ascending. Equal scores: the lower index goes first.
 *
 * Reference: SemMAE §4.2, "remove 3/4 patches that are most likely to be the background".
 *
 * @param fraction in (0, 1], default 1/4
 */
export function topPatches(saliency: Float32Array, fraction = 0.25): Int32Array {
  assertRange('topPatches', 'fraction', fraction, 0, 1);
  const kept = Math.floor(saliency.length * fraction);
  return rankByScore(saliency).slice(0, kept).sort();
}
