// The image as the encoder sees it: hidden patches covered, patches that are not used dark, visible ones untouched.

import { assertOneOf, type PatchGrid } from '@semmae/core';

import { blendedColor } from './blended-color';
import { assertPatchIndices, forEachPatchPixel, imageCells } from './image-cells';
import { assertPicture, type Color, type Picture } from './picture';

export interface MaskPictureOptions {
  image: Picture;
  grid: PatchGrid;
  /** Numbers of the patches hidden from the encoder; `PatchMask.masked` as it is. */
  masked: ArrayLike<number>;
  /** Numbers of the patches that are not used at all, neither seen nor predicted; drawn dark blue. Default none. */
  dropped?: ArrayLike<number>;
  /** 'gray' covers, 'hatched' adds diagonal lines that survive black-and-white print. Default 'gray'. */
  cover?: 'gray' | 'hatched';
  /** Color of the cover. Default a neutral gray. */
  color?: Color;
}

/** Mid gray, a touch cool, so that it is seldom taken for part of a photograph. */
export const maskColor: Color = [142, 145, 152];

/** Dark, and blue so that it differs from the shadows of a photograph. */
const droppedColor: Color = [44, 40, 88];
/** Of that color: what is left out can still be recognized. */
const droppedOpacity = 0.78;

/** Covers exactly the masked patches and darkens the dropped ones; every other pixel is a copy of the image's. */
export function maskPicture(options: MaskPictureOptions): Picture {
  const { image, grid, masked, dropped = [], cover = 'gray', color = maskColor } = options;
  assertPicture('maskPicture', 'image', image);
  assertOneOf('maskPicture', 'cover', cover, ['gray', 'hatched']);
  assertPatchIndices('maskPicture', 'masked', masked, grid);
  if (dropped.length > 0)
    assertPatchIndices('maskPicture', 'masked and dropped', [...Array.from(masked), ...Array.from(dropped)], grid);
  const cells = imageCells('maskPicture', grid, image);
  const pixels = Uint8Array.from(image.pixels);
  const line: Color = [color[0] * 0.7, color[1] * 0.7, color[2] * 0.7];
  for (let index = 0; index < masked.length; index++) {
    forEachPatchPixel(masked[index]!, grid, cells, (offset) => {
      pixels.set(cover === 'hatched' && onHatch(offset / 3, image.width) ? line : color, offset);
    });
  }
  for (let index = 0; index < dropped.length; index++) {
    forEachPatchPixel(dropped[index]!, grid, cells, (offset) => {
      const [red, green, blue] = pixels.subarray(offset, offset + 3);
      pixels.set(blendedColor([red!, green!, blue!], droppedColor, droppedOpacity), offset);
    });
  }
  return { height: image.height, width: image.width, pixels };
}

/** One pixel in four along each row, shifted by one per row: unbroken diagonals across neighboring patches. */
function onHatch(pixel: number, width: number): boolean {
  return (Math.floor(pixel / width) + (pixel % width)) % 4 === 0;
}
