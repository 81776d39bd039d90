// Part ids from the numbers of a label file.

import type { ImageSize } from '@semmae/core';

import { Undecodable } from '../pixels/undecodable';
import { type NumberArray, upright, uprightSize } from '../pixels/upright';
import type { RawLabels } from '../sources/image-source';
import { highestId, idsByColor, type LabelRules } from './label-rules';

/** Its size is the one before it is turned upright. */
export interface StoredLabels extends ImageSize {
  /** 1 of ids, palette indices or gray values; 3 of RGB; one more with alpha, which is the last. */
  bands: 1 | 2 | 3 | 4;
  /** [H, W, bands] */
  values: NumberArray;
  /** Alpha of what is opaque. */
  opaque: number;
  /** As EXIF counts. */
  orientation: number;
}

/** Upright, [H, W]; bytes where all ids fit. Throws Undecodable for what is no id. */
export function labelIds(stored: StoredLabels, { colorTable }: LabelRules = {}): RawLabels {
  const { height, width, bands, values, orientation } = stored;
  if (values.length !== height * width * bands) {
    throw new Undecodable('damaged', `${values.length} values in place of ${height} x ${width} x ${bands}`);
  }
  if (bands === 2 || bands === 4) assertOpaque(stored);
  const colors = bands > 2 && colorTable !== undefined ? idsByColor('decodeLabels', colorTable) : undefined;
  const numberOf = colors === undefined ? grayAt(stored) : colorAt(stored, colors);
  const numbers = new Float64Array(height * width);
  let highest = 0;
  for (let pixel = 0; pixel < numbers.length; pixel++) {
    const id = numberOf(pixel);
    if (!(id >= 0 && id <= highestId)) throw unsuited(stored, pixel, `${id}`, `ids are 0 to ${highestId}`);
    if (id > highest) highest = id;
    numbers[pixel] = id;
  }
  const ids = highest > 255 ? Uint16Array.from(numbers) : Uint8Array.from(numbers);
  const turned = upright(ids, stored, 1, orientation) as Uint8Array | Uint16Array;
  return { ...uprightSize({ height, width }, orientation), ids: turned };
}

/** Throws Undecodable unless there are as many ids as pixels. */
export function checkedLabels(labels: RawLabels): RawLabels {
  if (labels.ids.length === labels.height * labels.width) return labels;
  throw new Undecodable('damaged', `${labels.ids.length} ids in place of ${labels.height} x ${labels.width}`);
}

function grayAt(stored: StoredLabels): (pixel: number) => number {
  const { bands, values } = stored;
  if (bands < 3) return (pixel) => values[pixel * bands]!;
  return (pixel) => {
    const [red, green, blue] = [0, 1, 2].map((band) => values[pixel * bands + band]!);
    if (red === green && green === blue) return red!;
    throw unsuited(
      stored,
      pixel,
      `the color ${red},${green},${blue}`,
      'which id a color means must be said by `colorTable`',
    );
  };
}

function colorAt(stored: StoredLabels, ids: ReadonlyMap<number, number>): (pixel: number) => number {
  const { bands, values, opaque } = stored;
  if (opaque !== 255) throw new Undecodable('unsupported format', 'colors of more than 8 bits in place of labels');
  return (pixel) => {
    const [red, green, blue] = [0, 1, 2].map((band) => values[pixel * bands + band]!) as [number, number, number];
    const id = ids.get(red * 65536 + green * 256 + blue);
    if (id === undefined)
      throw unsuited(stored, pixel, `the color ${red},${green},${blue}`, 'it is not in `colorTable`');
    return id;
  };
}

function assertOpaque(stored: StoredLabels): void {
  const { bands, values, opaque } = stored;
  for (let place = bands - 1; place < values.length; place += bands) {
    if (values[place] !== opaque) {
      throw unsuited(
        stored,
        (place - bands + 1) / bands,
        `alpha ${values[place]}`,
        'labels must be opaque: save them without alpha',
      );
    }
  }
}

function unsuited({ width }: StoredLabels, pixel: number, found: string, rule: string): Undecodable {
  return new Undecodable(
    'unsuited labels',
    `${found} at row ${Math.floor(pixel / width)}, column ${pixel % width}: ${rule}`,
  );
}
