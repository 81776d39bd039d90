// Turns stored values upright, as EXIF and TIFF count orientations.

import type { ImageSize } from '@semmae/core';

export type NumberArray = Exclude<ArrayBufferView, DataView> & { [index: number]: number; readonly length: number };

/** The size after turning. */
export function uprightSize({ height, width }: ImageSize, orientation: number): ImageSize {
  return orientation >= 5 ? { height: width, width: height } : { height, width };
}

/** `values` [H, W, bands] turned: orientation 1 is upright, 6 lies on its left side. Reference: EXIF 2.32, tag 274. */
export function upright<T extends NumberArray>(values: T, stored: ImageSize, bands: number, orientation: number): T {
  if (orientation < 2 || orientation > 8) return values;
  const { height, width } = uprightSize(stored, orientation);
  const turned = new (values.constructor as new (length: number) => T)(values.length);
  for (let y = 0, written = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [row, column] = orientation >= 5 ? [x, y] : [y, x];
      const fromBottom = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
      const fromRight = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
      const sourceRow = fromBottom ? stored.height - 1 - row : row;
      const sourceColumn = fromRight ? stored.width - 1 - column : column;
      const source = bands * (sourceRow * stored.width + sourceColumn);
      for (let band = 0; band < bands; band++) turned[written++] = values[source + band]!;
    }
  }
  return turned;
}
