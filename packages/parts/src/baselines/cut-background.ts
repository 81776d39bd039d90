// Gives baselines without a background the same one that learned parts get.

import { assertLength } from '@semmae/core';

import { otsuThreshold } from '../maps/otsu-threshold';

/** The same parts with 0 where saliency is below Otsu's threshold, the default rule of `partMap`: [N] -> [N]. */
export function cutBackground(parts: Uint8Array, saliency: ArrayLike<number>): Uint8Array {
  assertLength('cutBackground', 'saliency', saliency, parts.length, 'one value per patch');
  const threshold = otsuThreshold(saliency);
  return parts.map((part, patch) => (saliency[patch]! < threshold ? 0 : part));
}
