// A sample in the form of a data set, decoded by a page: pictures by the browser itself, numbers in JavaScript.

import type { ImageSize } from '@semmae/core';

import type { DecodeSample } from '../decoding-dataset';
import { arrayLabels } from '../labels/array-labels';
import { framedLabels } from '../labels/framed-labels';
import type { StoredLabels } from '../labels/label-ids';
import { checkedLabels, labelIds } from '../labels/label-ids';
import type { LabelRules } from '../labels/label-rules';
import { imageFormat } from '../pixels/image-format';
import { inForm, type OpenedImage } from '../pixels/opened-image';
import { channelsOf, defaultPixelLimit, type PixelRules } from '../pixels/pixel-rules';
import { isLinearPng, pngHeader } from '../pixels/png-chunks';
import { readingOf, readNumbers, withChannels } from '../pixels/reading';
import {
  assertPixelLimit,
  depthText,
  plainNumbers,
  type StoredImage,
  storedArray,
  storedPixels,
} from '../pixels/stored-numbers';
import { Undecodable } from '../pixels/undecodable';
import { uprightSize } from '../pixels/upright';
import type { RawImage, RawLabels } from '../sources/image-source';
import { type PngNumbers, pngNumbers } from './png-numbers';

/** Globals of a page that Node does not have, as far as they are used here. */
declare function createImageBitmap(
  file: Blob,
  options: { imageOrientation: 'from-image'; premultiplyAlpha: 'none' },
): Promise<ImageSize & { close(): void }>;
declare const OffscreenCanvas: new (
  width: number,
  height: number,
) => {
  getContext(
    kind: '2d',
    options: { willReadFrequently: boolean },
  ): {
    fillStyle: string;
    fillRect(x: number, y: number, width: number, height: number): void;
    drawImage(image: ImageSize, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
};

export const decodeInBrowser: DecodeSample = async ({ image, mask, names }, form) => {
  const { source, ...decoded } = await inForm(await openImage(image, form.pixels), form);
  const { labels = {} } = form;
  if (mask === undefined || labels === false) return decoded;
  const parts = await framedLabels(decodeLabels, mask, source, form, names);
  return { ...decoded, parts, ignoreLabel: labels.ignoreLabel };
};

async function openImage(image: Uint8Array | RawImage, rules: PixelRules = {}): Promise<OpenedImage> {
  const { pixelLimit = defaultPixelLimit } = rules;
  const channels = channelsOf(rules);
  if (image instanceof Uint8Array && isPicture(image, rules)) {
    const { rgb, ...source } = await pictureOf(image, pixelLimit);
    return { source, channels, picture: undefined, pixels: async () => withChannels(rgb, channels) };
  }
  const stored = await storedNumbers(image, pixelLimit);
  assertPixelLimit(stored, pixelLimit);
  const reading = readingOf(stored, rules);
  if (reading.kind !== 'numbers') throw new Undecodable('unsupported format', `${stored.name} as a picture`);
  return {
    source: uprightSize(stored, stored.orientation),
    channels,
    picture: undefined,
    pixels: () => readNumbers(stored, reading),
  };
}

/** Of 8 bits, wanted as RGB or gray: all that a browser decodes. */
function isPicture(bytes: Uint8Array, { bands, ...rules }: PixelRules): boolean {
  const format = imageFormat(bytes);
  if (format === 'NumPy array') return false;
  const isWide = format === 'PNG' && pngHeader(bytes).get('IHDR')?.[8] === 16;
  return bands === undefined && [1, 3].includes(channelsOf(rules)) && !isWide;
}

async function storedNumbers(image: Uint8Array | RawImage, pixelLimit: number): Promise<StoredImage> {
  if (!(image instanceof Uint8Array)) return storedPixels(image);
  const format = imageFormat(image);
  if (format === 'NumPy array') return storedArray(image);
  if (format === 'PNG') return storedPng(pngNumbers(image, pixelLimit));
  const reason = `bands of a ${format} as they are stored: a browser reads those of PNG and .npy, and pictures in channels 1 or 3`;
  throw new Undecodable('unsupported format', reason);
}

/** Indices of a palette are no colors, and small numbers are spread over 0..255 as libpng does. */
function storedPng({ depth, isIndexed, values, bands, ...size }: PngNumbers): StoredImage {
  if (isIndexed) throw new Undecodable('with unclear bands', 'a PNG with a palette has no bands: leave out `bands`');
  const spread = depth < 8 ? values.map((value) => (value * 255) / (2 ** depth - 1)) : values;
  return {
    ...{ ...plainNumbers, ...size, bands, name: `a ${depth}-bit PNG`, depth: depthText(depth, 1), wide: depth === 16 },
    ...{ colors: bands < 3 ? 'gray' : 'RGB', alpha: bands === 2 || bands === 4, values: async () => spread },
  };
}

/** Upright, sRGB, over white, as the browser decodes it. */
async function pictureOf(bytes: Uint8Array, pixelLimit: number): Promise<ImageSize & { rgb: Uint8Array }> {
  const format = imageFormat(bytes);
  if (format === 'TIFF') throw new Undecodable('unsupported format', 'a TIFF, which browsers do not decode');
  const chunks = format === 'PNG' ? pngHeader(bytes) : undefined;
  if (chunks !== undefined && isLinearPng(chunks)) {
    throw new Undecodable('linear light', 'a PNG of gamma 1, which counts light: encode it as sRGB');
  }
  const header = chunks?.get('IHDR');
  if (header?.length === 13) {
    const size = new DataView(header.buffer, header.byteOffset);
    assertPixelLimit({ width: size.getUint32(0), height: size.getUint32(4), bands: 3 }, pixelLimit);
  }
  const file = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const options = { imageOrientation: 'from-image', premultiplyAlpha: 'none' } as const;
  const bitmap = await createImageBitmap(file, options).catch((cause: unknown) => {
    throw new Undecodable('damaged', `the browser cannot decode it: ${(cause as Error).message}`, cause);
  });
  try {
    const { height, width } = bitmap;
    assertPixelLimit({ height, width, bands: 3 }, pixelLimit); // of other formats a browser does not tell it sooner
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const rgb = new Uint8Array(3 * height * width);
    for (let pixel = 0; pixel < height * width; pixel++) {
      for (let band = 0; band < 3; band++) rgb[3 * pixel + band] = data[4 * pixel + band]!;
    }
    return { height, width, rgb };
  } finally {
    bitmap.close();
  }
}

async function decodeLabels(
  labels: Uint8Array | RawLabels,
  rules?: LabelRules,
  pixelLimit = defaultPixelLimit,
): Promise<RawLabels> {
  if (!(labels instanceof Uint8Array)) return checkedLabels(labels);
  return labelIds(await storedLabels(labels, pixelLimit), rules);
}

async function storedLabels(bytes: Uint8Array, pixelLimit: number): Promise<StoredLabels> {
  const format = imageFormat(bytes);
  if (format === 'PNG') {
    const { depth, isIndexed: _, ...numbers } = pngNumbers(bytes, pixelLimit);
    return { ...numbers, opaque: 2 ** depth - 1 };
  }
  if (format === 'NumPy array') return arrayLabels(bytes, pixelLimit);
  throw new Undecodable('unsupported format', `a ${format} of labels: a browser reads PNG, and .npy`);
}
