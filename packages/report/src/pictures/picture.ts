// An RGB picture in memory: what every picture function returns and every encoder takes.

import { assertInteger, assertLength, SemmaeError } from '@semmae/core';

/** Red, green and blue, each 0..255. */
export type Color = readonly [red: number, green: number, blue: number];

/** `height` x `width` pixels, RGB, row-major [H, W, 3], 0..255. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
}

/** A new picture of one color. */
export function filledPicture(height: number, width: number, color: Color): Picture {
  assertInteger('filledPicture', 'height', height);
  assertInteger('filledPicture', 'width', width);
  const pixels = new Uint8Array(height * width * 3);
  for (let offset = 0; offset < pixels.length; offset += 3) pixels.set(color, offset);
  return { height, width, pixels };
}

/** Passes pictures whose pixels have the length that their sides promise. */
export function assertPicture(where: string, name: string, picture: Picture): void {
  assertInteger(where, `${name}.height`, picture.height);
  assertInteger(where, `${name}.width`, picture.width);
  const { height, width } = picture;
  assertLength(
    where,
    `${name}.pixels`,
    picture.pixels,
    height * width * 3,
    `${height}x${width} RGB needs height * width * 3`,
  );
}

/** Passes pictures of exactly this size: layers of one drawing must lie on each other pixel by pixel. */
export function assertPictureSize(where: string, name: string, picture: Picture, height: number, width: number): void {
  assertPicture(where, name, picture);
  if (picture.height === height && picture.width === width) return;
  throw new SemmaeError({
    where,
    requirement: `${name} must be ${height}x${width}`,
    got: `${picture.height}x${picture.width}`,
  });
}
