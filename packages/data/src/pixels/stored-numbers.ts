// Images that are numbers: pixels in memory and arrays of NumPy; and what is known of any image before rules are applied.

import type { TensorType } from '@semmae/checkpoints';
import { type ImageSize, SemmaeError } from '@semmae/core';

import type { RawImage } from '../sources/image-source';
import { numpyArray } from './numpy-pixels';
import type { PictureBytes } from './read-picture';
import { Undecodable } from './undecodable';
import type { NumberArray } from './upright';

/** Its size is the one before it is turned upright. */
export interface StoredImage extends ImageSize {
  /** For messages: `a 16-bit PNG`. */
  name: string;
  /** Of a value: `8 bits`, `16 bits`, `32-bit float`. */
  depth: string;
  /** Of each pixel, alpha included. */
  bands: number;
  /** What the bands are besides alpha; undefined where the file does not say. */
  colors: 'gray' | 'RGB' | 'CMYK' | undefined;
  /** Whether the last band is alpha. */
  alpha: boolean;
  /** Values other than bytes. */
  wide: boolean;
  /** Whether wide values say how they are to be seen: their greatest value is white. */
  seen: boolean;
  /** Whether it has a color profile. */
  profiled: boolean;
  /** Whether it says that values count light, which sRGB does not. */
  linear: boolean;
  /** Whether gray values count from white. */
  whiteIsZero: boolean;
  /** As EXIF counts. */
  orientation: number;
  /** What libvips reads as a picture; undefined for numbers. */
  picture: PictureBytes | undefined;
  /** [H, W, bands] as stored, not upright. */
  values(): Promise<NumberArray>;
}

/** Throws Undecodable for images of more pixels, and for those of more than four bands by as much. */
export function assertPixelLimit(
  { height, width, bands }: Pick<StoredImage, 'height' | 'width' | 'bands'>,
  pixelLimit: number,
): void {
  if (height * width * Math.max(1, bands / 4) <= pixelLimit) return;
  const size = `${width} x ${height} pixels${bands > 4 ? ` of ${bands} bands` : ''}`;
  throw new Undecodable('too large', `${size}, more than \`pixelLimit\` allows, ${pixelLimit}`);
}

/** What numbers say of themselves. */
export const plainNumbers = {
  wide: false,
  seen: false,
  profiled: false,
  linear: false,
  whiteIsZero: false,
  orientation: 1,
  picture: undefined,
};

/** Throws a SemmaeError where the size is not that of the pixels. */
export function storedPixels({ height, width, channels, pixels }: RawImage): StoredImage {
  if (pixels.length !== height * width * channels || pixels.length === 0) {
    throw new SemmaeError({
      where: 'imageDataset',
      requirement: `pixels in memory must hold height x width x channels values, ${height} x ${width} x ${channels}`,
      got: pixels.length,
    });
  }
  const wide = !(pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray);
  const name = `an array of ${pixels.constructor.name.replace('Array', '')}`;
  const depth = depthText(8 * pixels.BYTES_PER_ELEMENT, pixels instanceof Float32Array ? 3 : 1);
  return { ...plainNumbers, ...bandsOfArray(channels), height, width, name, depth, wide, values: async () => pixels };
}

/** `sampleFormat` as TIFF has it. */
export function depthText(bits: number, sampleFormat: number): string {
  if (sampleFormat === 3) return `${bits}-bit float`;
  return `${bits} ${sampleFormat === 2 ? 'signed ' : ''}bit${bits === 1 ? '' : 's'}`;
}

function depthOfType(dtype: TensorType): string {
  if (dtype === 'BOOL') return depthText(1, 1);
  return depthText(Number(dtype.replace(/\D+/, '')), dtype.startsWith('I') ? 2 : dtype.startsWith('U') ? 1 : 3);
}

/** Of a .npy file. Arrays are [H, W], or [H, W, bands], or [bands, H, W]: the shorter one of the first and the last axis holds the bands. */
export async function storedArray(bytes: Uint8Array): Promise<StoredImage> {
  const { dtype, shape, read } = await numpyArray(bytes);
  const [first, second, third = 1] = shape as [number, number, number?];
  if (shape.length < 2 || shape.length > 3 || shape.includes(0)) {
    throw new Undecodable(
      'unrecognized',
      `an array of shape [${shape}] in place of [H, W], [H, W, bands] or [bands, H, W]`,
    );
  }
  const bandsFirst = shape.length === 3 && first < third;
  const [height, width, bands] = bandsFirst ? [second, third, first] : [first, second, third];
  const name = `an array of ${dtype}`;
  async function values(): Promise<NumberArray> {
    const stored = await read();
    const found = bandsFirst ? bandsLast(stored, height * width, bands) : stored;
    return dtype === 'BOOL' ? Uint8Array.from(found, (value) => 255 * value) : found;
  }
  return {
    ...plainNumbers,
    ...bandsOfArray(bands),
    height,
    width,
    name,
    depth: depthOfType(dtype),
    wide: dtype !== 'U8' && dtype !== 'BOOL',
    values,
  };
}

/** Arrays say nothing of colors and have no alpha: one band is gray, three are RGB. */
function bandsOfArray(bands: number): Pick<StoredImage, 'bands' | 'colors' | 'alpha'> {
  return { bands, colors: bands === 1 ? 'gray' : bands === 3 ? 'RGB' : undefined, alpha: false };
}

/** [bands, pixels] -> [pixels, bands] */
function bandsLast(values: NumberArray, pixelCount: number, bands: number): NumberArray {
  const turned = new (values.constructor as new (length: number) => NumberArray)(values.length);
  for (let pixel = 0, written = 0; pixel < pixelCount; pixel++) {
    for (let band = 0; band < bands; band++) turned[written++] = values[band * pixelCount + pixel]!;
  }
  return turned;
}
