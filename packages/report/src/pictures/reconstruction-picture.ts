// What the decoder made of the hidden patches, pasted between the visible ones.

import { assertLength, type PatchGrid, type PixelStatistics } from '@semmae/core';

import { denormalizedPixels } from './denormalized-picture';
import { assertPatchIndices, forEachPatchPixel, imageCells } from './image-cells';
import { assertPicture, type Picture } from './picture';

export interface ReconstructionPictureOptions extends PixelStatistics {
  /** The original image: its visible patches are kept, because no loss ever trained the model on them. */
  image: Picture;
  grid: PatchGrid;
  /** Numbers of the hidden patches, [M]. */
  masked: ArrayLike<number>;
  /**
   * Normalized pixels of each hidden patch, [M, p * p * 3] in (row, column, channel) order, in the order of `masked`.
   * Predictions of a norm-pix model go through `restorePatchStatistics` first.
   */
  patches: Float32Array;
}

/** Visible patches from the image, hidden ones from the model. */
export function reconstructionPicture({
  image,
  grid,
  masked,
  patches,
  ...statistics
}: ReconstructionPictureOptions): Picture {
  const where = 'reconstructionPicture';
  assertPicture(where, 'image', image);
  assertPatchIndices(where, 'masked', masked, grid);
  const cells = imageCells(where, grid, image);
  const patchLength = cells.cellHeight * cells.cellWidth * 3;
  const remedy = 'give the predictions of the masked patches only';
  assertLength(where, `patches of [${masked.length}, ${patchLength}]`, patches, masked.length * patchLength, remedy);
  const predicted = denormalizedPixels(where, patches, statistics);
  const pixels = Uint8Array.from(image.pixels);
  for (let index = 0; index < masked.length; index++) {
    forEachPatchPixel(masked[index]!, grid, cells, (offset, row, column) => {
      const from = index * patchLength + (row * cells.cellWidth + column) * 3;
      pixels.set(predicted.subarray(from, from + 3), offset);
    });
  }
  return { height: image.height, width: image.width, pixels };
}
