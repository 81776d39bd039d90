// Where the image of a data set lies in its photograph: the geometry of "resize, then crop the center", for images and part maps alike.

import type { Framing, ImageSize } from '@semmae/core';

import type { View } from './view';

export interface FramedCrop {
  /** Size to resize the whole source to, before cropping. */
  readonly resized: ImageSize;
  /** Place of the crop in the resized source. */
  readonly top: number;
  readonly left: number;
}

/**
 * Without a framing the smallest size with the source's proportions that covers `target`, else as torchvision's `Resize` and
 * `CenterCrop` do, to the pixel; for sizes that are not square as timm's `ResizeKeepRatio` does.
 */
export function framedCrop(source: ImageSize, target: ImageSize, framing?: Framing): FramedCrop {
  if (framing === undefined) {
    const { height, width } = covering(source, target);
    return {
      resized: { height, width },
      top: Math.floor((height - target.height) / 2),
      left: Math.floor((width - target.width) / 2),
    };
  }
  const { cropFraction } = framing;
  if (cropFraction === undefined) return { resized: target, top: 0, left: 0 };
  const [height, width] = [target.height, target.width].map((side) => Math.floor(side / cropFraction)) as [
    number,
    number,
  ];
  const resized = height === width ? withShortSide(source, height) : covering(source, { height, width });
  const top = halfOf(resized.height - target.height);
  const left = halfOf(resized.width - target.width);
  return { resized, top, left };
}

/** The same crop as a rectangle of the source, in fractions of pixels. */
export function framedView(source: ImageSize, target: ImageSize, framing?: Framing): View {
  const { resized, top, left } = framedCrop(source, target, framing);
  const [rowScale, columnScale] = [source.height / resized.height, source.width / resized.width];
  return {
    top: top * rowScale,
    left: left * columnScale,
    height: target.height * rowScale,
    width: target.width * columnScale,
    flip: false,
  };
}

function covering(source: ImageSize, target: ImageSize): ImageSize {
  const scale = Math.max(target.height / source.height, target.width / source.width);
  return {
    height: Math.max(target.height, Math.round(source.height * scale)),
    width: Math.max(target.width, Math.round(source.width * scale)),
  };
}

function withShortSide({ height, width }: ImageSize, side: number): ImageSize {
  const long = Math.trunc((side * Math.max(height, width)) / Math.min(height, width));
  return height < width ? { height: side, width: long } : { height: long, width: side };
}

/** Half an integer, rounded half to even as Python does. */
function halfOf(difference: number): number {
  return difference % 2 === 0 ? difference / 2 : 2 * Math.round(difference / 4);
}
