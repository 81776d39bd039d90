// The picture: a row for each image, with its masks and what becomes of them.

import { createPatchGrid, createRng } from '@semmae/core';
import type { PartImage } from '@semmae/data';
import { attentionPicture, contactSheet, maskPicture, type Picture, partPicture } from '@semmae/report';
import { type SoftMasks, softMaskMasking } from '@semmae/train';

import type { Segmentation } from './segmentation';

/** Patches of the last column are of 4 pixels, as the encoder's. */
const patchSize = 4;
/** Hidden patches: the half that the mask covers most. */
const maskRatio = 0.5;

/** `masks` are of `images`, in their order; the first `rows` are drawn. */
export function maskPanel(
  images: readonly PartImage[],
  masks: SoftMasks,
  { rows, strongest }: { rows: number; strongest: Segmentation },
): Promise<Picture> {
  const { height, width, maskCount, batchSize } = masks;
  const size = { height, width };
  const pixelGrid = createPatchGrid(height, width);
  const patchGrid = createPatchGrid(height / patchSize, width / patchSize);
  const patchMasks = softMaskMasking({ masks, mask: 0, maskRatio }).sampleBatch(
    new Array(batchSize).fill({ grid: patchGrid, progress: 0 }),
    createRng(0), // nothing is drawn: the mask is given
  );
  const maskNumbers = Array.from({ length: maskCount }, (_, mask) => mask);
  return contactSheet({
    scale: 3,
    columnCaptions: ['image', 'true parts', ...maskNumbers.map((mask) => `mask ${mask + 1}`), 'strongest', `by mask 1`],
    rows: images.slice(0, rows).map((image, index) => {
      const ofMask = (mask: number) =>
        masks.values.subarray((index * maskCount + mask) * height * width).subarray(0, height * width);
      return [
        image,
        partPicture({ ...size, labels: image.parts }),
        ...maskNumbers.map((mask) =>
          attentionPicture({
            ...size,
            grid: pixelGrid,
            attention: ofMask(mask),
            range: [0, 1],
            interpolation: 'nearest',
          }),
        ),
        partPicture({ ...size, labels: strongest[index]!, background: null }),
        maskPicture({ image, grid: patchGrid, masked: patchMasks[index]!.masked }),
      ];
    }),
  });
}
