// Part maps as colors, flat or laid over the image.

import { assertInteger, assertLength, assertRange, type PatchGrid } from '@semmae/core';

import { blendedColor } from './blended-color';
import { imageCells } from './image-cells';
import { backgroundColor, partColor } from './part-palette';
import { assertPictureSize, type Color, filledPicture, type Picture } from './picture';

export interface PartPictureOptions {
  height: number;
  width: number;
  /** Part id of each pixel [H * W], or of each patch [N] where `grid` is given. */
  labels: ArrayLike<number>;
  grid?: PatchGrid;
  /** The image to lay the colors over; without it the picture is flat. */
  image?: Picture;
  /** Of the colors over the image, in [0, 1]. Default 0.6. */
  opacity?: number;
  /** The id drawn in gray, or null where every id is a part. Default 0. */
  background?: number | null;
}

/** Draws each part in its own color (`partColor`), background in gray. Ids mean the same color in every picture. */
export function partPicture(options: PartPictureOptions): Picture {
  const { height, width, labels, image, opacity = 0.6, background = 0 } = options;
  assertRange('partPicture', 'opacity', opacity, 0, 1);
  if (image) assertPictureSize('partPicture', 'image', image, height, width);
  const labelOfPixel = pixelLabels(options);
  const colors = new Map<number, Color>();
  for (const id of new Set(Array.from(labels))) {
    assertInteger('partPicture', 'labels', id, { least: 0 });
    colors.set(id, partColor(id, { background }));
  }
  const picture = filledPicture(height, width, backgroundColor);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const color = colors.get(labelOfPixel(pixel))!;
    const [red, green, blue] = image?.pixels.subarray(pixel * 3, pixel * 3 + 3) ?? color;
    picture.pixels.set(image ? blendedColor([red!, green!, blue!], color, opacity) : color, pixel * 3);
  }
  return picture;
}

function pixelLabels({ height, width, labels, grid }: PartPictureOptions): (pixel: number) => number {
  if (grid === undefined) {
    assertLength('partPicture', 'labels', labels, height * width, 'give `grid` where labels are per patch');
    return (pixel) => labels[pixel]!;
  }
  assertLength('partPicture', 'labels', labels, grid.patchCount);
  const { cellHeight, cellWidth } = imageCells('partPicture', grid, { height, width });
  return (pixel) => {
    const row = Math.floor(Math.floor(pixel / width) / cellHeight);
    return labels[row * grid.columns + Math.floor((pixel % width) / cellWidth)]!;
  };
}
