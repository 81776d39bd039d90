// What a TIFF says of itself, and its values as they are stored.

import type { ImageSize } from '@semmae/core';
import { fromArrayBuffer, type GeoTIFFImage } from 'geotiff';

import { Undecodable } from './undecodable';
import type { NumberArray } from './upright';

export interface TiffHeader extends ImageSize {
  /** Bands of each pixel. */
  samples: number;
  /** Of a sample; the most, where they differ. */
  bits: number;
  /** SampleFormat: 1 unsigned, 2 signed, 3 float. */
  sampleFormat: number;
  /** PhotometricInterpretation: 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 CIELAB. */
  photometric: number;
  compression: number;
  /** 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  extraSamples: readonly number[];
  orientation: number;
  hasProfile: boolean;
  /** [H, W, samples] as stored. */
  read(): Promise<NumberArray>;
}

/** The smallest image of a pyramid is its last page. */
const mostPages = 32;

/**
 * Reads the tags of the first page. Further pages must be smaller versions of it: what several whole ones mean nobody can tell.
 *
 * Reference: TIFF 6.0, https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
 */
export async function tiffHeader(bytes: Uint8Array): Promise<TiffHeader> {
  try {
    return await header(bytes);
  } catch (error) {
    throw tiffError(error);
  }
}

async function header(bytes: Uint8Array): Promise<TiffHeader> {
  const file = await fromArrayBuffer(bytes.slice().buffer as ArrayBuffer);
  const image = await file.getImage(0);
  const number = async (tag: number, otherwise: number) => (await numbers(image, tag))[0] ?? otherwise;
  if ((await number(254, 0)) & 1) {
    throw new Undecodable('unsupported format', 'a TIFF that begins with a thumbnail, as raw files of cameras do');
  }
  const size = { height: image.getHeight(), width: image.getWidth() };
  const samples = image.getSamplesPerPixel();
  if (![size.height, size.width, samples].every((extent) => Number.isInteger(extent) && extent >= 1)) {
    throw new Undecodable('damaged', `a TIFF of ${size.width} x ${size.height} pixels of ${samples} bands`);
  }
  for (let page = 1; page < mostPages; page++) {
    const next = await file.getImage(page).catch(() => undefined);
    if (next === undefined) break;
    const kind = (await numbers(next, 254))[0] ?? 0;
    if (kind === 0 && next.getHeight() === size.height && next.getWidth() === size.width) {
      throw new Undecodable(
        'several pages',
        'a TIFF of several whole pages: save each as a file, or all as bands of one',
      );
    }
  }
  const bits = await numbers(image, 258);
  return {
    ...size,
    samples,
    bits: Math.max(1, ...bits.slice(0, 1024)),
    sampleFormat: await number(339, 1),
    photometric: await number(262, 1),
    compression: await number(259, 1),
    extraSamples: await numbers(image, 338),
    orientation: await number(274, 1),
    hasProfile: (await numbers(image, 34675)).length > 0,
    async read() {
      try {
        return await image.readRasters({ interleave: true });
      } catch (error) {
        throw tiffError(error);
      }
    },
  };
}

/** Where the last strip or tile of the first page ends. 0 where tags cannot be read. */
export async function endOfTiff(bytes: Uint8Array): Promise<number> {
  try {
    const image = await (await fromArrayBuffer(bytes.slice().buffer as ArrayBuffer)).getImage(0);
    const [offsets, counts] = image.isTiled ? [324, 325] : [273, 279];
    const lengths = await numbers(image, counts!);
    return (await numbers(image, offsets!)).reduce((end, offset, at) => Math.max(end, offset + (lengths[at] ?? 0)), 0);
  } catch {
    return 0;
  }
}

async function numbers(image: GeoTIFFImage, tag: number): Promise<number[]> {
  if (!image.fileDirectory.hasTag(tag)) return [];
  const value: number | bigint | string | ArrayLike<number | bigint> = await image.fileDirectory.loadValue(tag);
  if (typeof value === 'object') return Array.from(value, Number);
  return typeof value === 'number' ? [value] : [];
}

function tiffError(error: unknown): Undecodable {
  if (error instanceof Undecodable) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (/unknown compression|unsupported/i.test(reason)) return new Undecodable('unsupported format', reason, error);
  const truncated = error instanceof RangeError && /outside the bounds/.test(reason);
  return truncated
    ? new Undecodable('truncated', 'the TIFF ends before its values do', error)
    : new Undecodable('damaged', reason.split('\n', 1)[0]!, error);
}
