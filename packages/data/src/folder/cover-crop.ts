// The geometry of "resize to cover, then crop the center", for images and part maps alike.

import type { View } from '../views/view';

export interface Size {
  readonly height: number;
  readonly width: number;
}

export interface CoverCrop {
  /** Size to resize the whole source to, before cropping. */
  readonly resized: Size;
  /** Place of the crop in the resized source. */
  readonly top: number;
  readonly left: number;
}

/** The smallest size with the source's proportions that covers `target`, cropped around its center. */
export function coverCrop(source: Size, target: Size): CoverCrop {
  const scale = Math.max(target.height / source.height, target.width / source.width);
  const height = Math.max(target.height, Math.round(source.height * scale));
  const width = Math.max(target.width, Math.round(source.width * scale));
  const top = Math.floor((height - target.height) / 2);
  const left = Math.floor((width - target.width) / 2);
  return { resized: { height, width }, top, left };
}

/** The same crop as a rectangle of the source, in fractions of pixels. */
export function coverView(source: Size, target: Size): View {
  const { resized, top, left } = coverCrop(source, target);
  const [rowScale, columnScale] = [source.height / resized.height, source.width / resized.width];
  return {
    top: top * rowScale,
    left: left * columnScale,
    height: target.height * rowScale,
    width: target.width * columnScale,
    flip: false,
  };
}
