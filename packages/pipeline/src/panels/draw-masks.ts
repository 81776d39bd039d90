// Masks of single images for pictures: what is hidden, and what is not used at all.

import type { Rng } from '@semmae/core';
import { gridPatches, type PatchMask } from '@semmae/masking';
import { maskPicture, type Picture } from '@semmae/report';

import { type MaskingContextsOptions, maskingContexts, type ViewedImage } from '../batches/masking-contexts';
import type { PanelImage } from './panel';

/** `visible`, `masked` and `dropped` together name every patch of the grid once. */
export interface DrawnMask extends PatchMask {
  /** Patches that are neither seen nor predicted. */
  readonly dropped: Int32Array;
}

/** A mask for each image; counts may differ. The same `rng` at another `progress` differs by the schedule alone. */
export function drawMasks(
  images: readonly ViewedImage[],
  { rng, ...options }: MaskingContextsOptions & { rng: Rng },
): DrawnMask[] {
  const { masking, grid } = options;
  const { contexts, kept } = maskingContexts(images, options);
  const masks =
    'sampleBatch' in masking
      ? masking.sampleBatch(contexts, rng.split('batch'))
      : contexts.map((context, index) => masking.sample(context, rng.split(index)));
  return masks.map(({ visible, masked }, index) => {
    const ofImage = kept[index];
    if (ofImage === undefined) return { patchCount: grid.patchCount, visible, masked, dropped: new Int32Array() };
    const isKept = new Set(ofImage);
    return {
      patchCount: grid.patchCount,
      visible: gridPatches(visible, [ofImage]),
      masked: gridPatches(masked, [ofImage]),
      dropped: Int32Array.from({ length: grid.patchCount }, (_, patch) => patch).filter((patch) => !isKept.has(patch)),
    };
  });
}

/** Images under their masks. */
export function maskPictures(
  images: readonly PanelImage[],
  masks: readonly DrawnMask[],
  { grid }: Pick<MaskingContextsOptions, 'grid'>,
): Picture[] {
  return images.map(({ picture }, index) => maskPicture({ image: picture, grid, ...masks[index]! }));
}
