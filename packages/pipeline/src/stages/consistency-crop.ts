// The crop of an image that shows whether parts stay where they are when the frame changes.

import { createRng, type Framing, type PatchGrid } from '@semmae/core';
import { applyViewToPatches, applyViewToPixels, cutPixels, type LabeledImage, type View } from '@semmae/data';

const share = 3 / 4;

/** What a shard says to people of how files became images. */
export function cropPolicyOf(framing: Framing | undefined): string {
  if (framing === undefined) return 'cover, center crop';
  const { cropFraction, interpolation } = framing;
  return cropFraction === undefined ? `no crop, ${interpolation}` : `center crop of ${cropFraction}, ${interpolation}`;
}

/** What a shard of the crops' maps says of it. */
export function consistencyCropPolicy(framing: Framing | undefined): string {
  return `${cropPolicyOf(framing)}, then three quarters of each side by name`;
}

/** Three quarters of each side, somewhere: the same place for the same name. */
function viewOf({ id, height, width }: Pick<LabeledImage, 'id' | 'height' | 'width'>): View {
  const rng = createRng(0).split('consistency crop', id);
  const [cropHeight, cropWidth] = [height, width].map((side) => Math.max(1, Math.round(share * side))) as [
    number,
    number,
  ];
  const top = rng.integer(height - cropHeight + 1);
  const left = rng.integer(width - cropWidth + 1);
  return { top, left, height: cropHeight, width: cropWidth, flip: false };
}

/** The crop as an image of its own, with the name of the whole. */
export function consistencyCrop(image: LabeledImage): LabeledImage {
  const view = viewOf(image);
  const { height, width } = view;
  const pixels = cutPixels(image, view);
  const size = { sourceHeight: image.height, sourceWidth: image.width, height, width };
  return { ...image, height, width, pixels, parts: image.parts && applyViewToPixels(image.parts, view, size) };
}

/** For each patch of the crop, the patch of the image that shows its center: [N]. */
export function consistencyCropSource(
  image: Pick<LabeledImage, 'id' | 'height' | 'width'>,
  grid: PatchGrid,
): Int32Array {
  const patches = Float32Array.from({ length: grid.patchCount }, (_, patch) => patch);
  const { height: sourceHeight, width: sourceWidth } = image;
  const options = { sourceHeight, sourceWidth, sourceGrid: grid, targetGrid: grid };
  return Int32Array.from(applyViewToPatches(patches, viewOf(image), options));
}
