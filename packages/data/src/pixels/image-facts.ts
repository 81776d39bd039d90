// What the header of an image says.

import type { ImageSize } from '@semmae/core';

import type { RawImage } from '../sources/image-source';
import { imageFormat } from './image-format';
import { storedImage } from './stored-image';
import { uprightSize } from './upright';

/** Height and width are those of the upright image. */
export interface ImageFacts extends ImageSize {
  /** JPEG, PNG, GIF, WebP, TIFF, AVIF, NumPy array, or `pixels in memory`. */
  format: string;
  /** Of a pixel, alpha included. */
  bands: number;
  /** What they are besides alpha; undefined where the file does not say. */
  colors: 'gray' | 'RGB' | 'CMYK' | undefined;
  alpha: boolean;
  /** Of a value: `8 bits`, `16 bits`, `32-bit float`. */
  depth: string;
  /** As EXIF counts: 1 is upright. */
  orientation: number;
  /** Whether there is a color profile. */
  profile: boolean;
}

/** Stored values of all bands. */
export interface ValueSpan {
  least: number;
  most: number;
  /** How many are NaN or infinite. */
  notFinite: number;
}

/** Decodes. Throws Undecodable where the image cannot be read as numbers. */
export async function storedSpan(image: Uint8Array | RawImage): Promise<ValueSpan> {
  const stored = await storedImage(image, limits);
  const span = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, notFinite: 0 };
  const values = await stored.values();
  for (let place = 0; place < values.length; place++) {
    const value = values[place]!;
    if (!Number.isFinite(value)) span.notFinite++;
    else {
      if (value < span.least) span.least = value;
      if (value > span.most) span.most = value;
    }
  }
  return span;
}

const limits = { pixelLimit: Number.MAX_SAFE_INTEGER, damaged: 'accept-warnings' } as const;

/** Reads no pixels, and knows no limit. Throws Undecodable where the header is damaged, or of no image that is read here. */
export async function imageFacts(image: Uint8Array | RawImage): Promise<ImageFacts> {
  const stored = await storedImage(image, limits);
  const { bands, colors, alpha, depth, orientation, profiled: profile } = stored;
  const format = image instanceof Uint8Array ? imageFormat(image) : 'pixels in memory';
  return { ...uprightSize(stored, orientation), format, bands, colors, alpha, depth, orientation, profile };
}
