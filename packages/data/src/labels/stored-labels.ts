// The numbers in a label file, before they are ids.

import { imageFormat } from '../pixels/image-format';
import { pngChunk } from '../pixels/png-chunk';
import { pngChunks, pngHeader } from '../pixels/png-chunks';
import { readPicture } from '../pixels/read-picture';
import { storedImage } from '../pixels/stored-image';
import { assertPixelLimit } from '../pixels/stored-numbers';
import { type TiffHeader, tiffHeader } from '../pixels/tiff-header';
import { Undecodable } from '../pixels/undecodable';
import type { NumberArray } from '../pixels/upright';
import { arrayLabels } from './array-labels';
import type { StoredLabels } from './label-ids';

/** Throws Undecodable for files that do not keep numbers, and for damaged ones. */
export async function storedLabels(bytes: Uint8Array, pixelLimit: number): Promise<StoredLabels> {
  const format = imageFormat(bytes);
  if (format === 'PNG') return pngLabels(bytes, pixelLimit);
  if (format === 'TIFF') return tiffLabels(await tiffHeader(bytes), bytes, pixelLimit);
  if (format === 'NumPy array') return arrayLabels(bytes, pixelLimit);
  throw new Undecodable('unsupported format', `a ${format} does not keep numbers: save labels as PNG, TIFF or .npy`);
}

async function pngLabels(bytes: Uint8Array, pixelLimit: number): Promise<StoredLabels> {
  const [depth = 8, colorType = 0] = pngHeader(bytes).get('IHDR')?.subarray(8) ?? [];
  const indexed = colorType === 3;
  const limits = { pixelLimit, damaged: 'strict' } as const;
  const { height, width, bands, wide, orientation, values } = await storedImage(
    indexed ? withIndexColors(bytes, depth) : bytes,
    limits,
  );
  const size = { height, width, opaque: wide ? 65535 : 255, orientation };
  if (indexed) return { ...size, bands: 1, values: redOf(await values(), bands) };
  const numbers = await values();
  const spread = depth < 8 ? 255 / (2 ** depth - 1) : 1; // libpng spreads small numbers over 0..255
  return {
    ...size,
    bands: bands as 1 | 2 | 3 | 4,
    values: bands === 1 ? Uint16Array.from(numbers, (value) => value / spread) : numbers,
  };
}

/** [H, W, bands] -> [H, W] */
function redOf(values: NumberArray, bands: number): Uint8Array {
  const red = new Uint8Array(values.length / bands);
  for (let pixel = 0; pixel < red.length; pixel++) red[pixel] = values[pixel * bands]!;
  return red;
}

/** The same PNG with a palette whose colors are the indices, opaque: decoders give the indices away in no other way. */
function withIndexColors(bytes: Uint8Array, depth: number): Uint8Array {
  const colors = Uint8Array.from({ length: 3 * 2 ** Math.min(8, depth) }, (_, place) => Math.floor(place / 3));
  const kept = ['IHDR', 'eXIf', 'PLTE', 'IDAT', 'IEND'];
  const chunks = [...pngChunks(bytes)].filter(({ name }) => kept.includes(name));
  return Buffer.concat([
    bytes.subarray(0, 8),
    ...chunks.map(({ name, whole }) => (name === 'PLTE' ? pngChunk(name, colors) : whole)),
  ]);
}

async function tiffLabels(header: TiffHeader, bytes: Uint8Array, pixelLimit: number): Promise<StoredLabels> {
  const { height, width, samples, bits, sampleFormat, photometric, extraSamples, orientation } = header;
  assertPixelLimit({ ...header, bands: 1 }, pixelLimit);
  const whole = sampleFormat !== 3 && (photometric < 2 || photometric === 2 || photometric === 3);
  const colors = photometric === 2 ? 3 : 1;
  const alpha = samples === colors + 1 && extraSamples[0] !== undefined && extraSamples[0] !== 0;
  if (!whole || (samples !== colors && !alpha)) {
    throw new Undecodable(
      'unsupported format',
      `a TIFF of ${samples} bands of ${bits} bits: labels are one band of integers, or RGB`,
    );
  }
  const values = bits < 8 ? await bitLabels(header, bytes, pixelLimit) : await header.read();
  return { height, width, bands: samples as 1 | 2 | 3 | 4, values, opaque: 2 ** bits - 1, orientation };
}

/** libvips spreads small numbers over 0..255, and turns those that count from white. */
async function bitLabels(
  { bits, photometric }: TiffHeader,
  bytes: Uint8Array,
  pixelLimit: number,
): Promise<NumberArray> {
  if (photometric === 3)
    throw new Undecodable('unsupported format', `a palette of ${bits} bits in a TIFF: save it with 8`);
  const picture = { bytes, format: 'TIFF', pixelLimit, damaged: 'strict', ignoreProfile: true } as const;
  const gray = await readPicture(picture, (image) => image.toColorspace('b-w').raw().toBuffer());
  const most = 2 ** bits - 1;
  return Uint8Array.from(gray, (value) => Math.round(((photometric === 0 ? 255 - value : value) * most) / 255));
}
