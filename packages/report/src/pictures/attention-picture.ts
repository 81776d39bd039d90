// Attention over patches as a heat map, flat or laid over the image.

import { assertLength, assertOneOf, assertRange, type PatchGrid, SemmaeError } from '@semmae/core';

import { blendedColor } from './blended-color';
import { type ColorMap, mappedColor } from './color-map';
import { type HeatInterpolation, heatValues } from './heat-values';
import { assertPictureSize, filledPicture, type Picture } from './picture';

export interface AttentionPictureOptions {
  height: number;
  width: number;
  grid: PatchGrid;
  /** Attention of each patch [N], in any unit; higher is more attended. */
  attention: ArrayLike<number>;
  /** The image to lay the map over; without it the picture is flat. */
  image?: Picture;
  /** Of the map over the image, in [0, 1]. Default 0.65. */
  opacity?: number;
  /** Default 'magma'. */
  colorMap?: ColorMap;
  /** Default 'bilinear'; 'nearest' shows the patches themselves. */
  interpolation?: HeatInterpolation;
  /** Values drawn darkest and brightest; beyond them is clipped. Default: this map's own least and most. */
  range?: readonly [low: number, high: number];
}

/** Draws patch attention. A constant map is drawn in the middle color: no patch stands out. */
export function attentionPicture(options: AttentionPictureOptions): Picture {
  const {
    height,
    width,
    grid,
    attention,
    image,
    opacity = 0.65,
    colorMap = 'magma',
    interpolation = 'bilinear',
  } = options;
  const where = 'attentionPicture';
  assertLength(where, 'attention', attention, grid.patchCount, 'leave out the class token and average the heads first');
  assertOneOf(where, 'interpolation', interpolation, ['nearest', 'bilinear']);
  assertRange(where, 'opacity', opacity, 0, 1);
  if (image) assertPictureSize(where, 'image', image, height, width);
  const [low, high] = options.range ?? [least(attention), most(attention)];
  assertFinite(attention, low, high);
  const heat = heatValues(where, attention, grid, { height, width }, interpolation);
  const picture = filledPicture(height, width, [0, 0, 0]);
  for (let pixel = 0; pixel < heat.length; pixel++) {
    const share = high > low ? (heat[pixel]! - low) / (high - low) : 0.5;
    const color = mappedColor(Math.min(1, Math.max(0, share)), colorMap);
    const [red, green, blue] = image?.pixels.subarray(pixel * 3, pixel * 3 + 3) ?? color;
    picture.pixels.set(image ? blendedColor([red!, green!, blue!], color, opacity) : color, pixel * 3);
  }
  return picture;
}

function assertFinite(attention: ArrayLike<number>, low: number, high: number): void {
  const wrong = Array.from(attention).findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const remedy = `patch ${wrong} is not; look at the encoder's output before drawing`;
    throw new SemmaeError({
      where: 'attentionPicture',
      requirement: 'attention must be finite',
      got: attention[wrong],
      remedy,
    });
  }
  if (low <= high) return;
  throw new SemmaeError({ where: 'attentionPicture', requirement: 'range must be [low, high]', got: [low, high] });
}

function least(values: ArrayLike<number>): number {
  return Array.from(values).reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

function most(values: ArrayLike<number>): number {
  return Array.from(values).reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
}
