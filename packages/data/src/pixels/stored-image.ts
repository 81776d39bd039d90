// What an image file, or pixels in memory, hold before any rule is applied.

import { type ImageSize, SemmaeError } from '@semmae/core';

import type { RawImage } from '../sources/image-source';
import { imageFormat } from './image-format';
import { numpyArray } from './numpy-pixels';
import { pngHeader } from './png-chunks';
import { halvesOf, type PictureBytes, readPicture } from './read-picture';
import { type TiffHeader, tiffHeader } from './tiff-header';
import { Undecodable } from './undecodable';
import type { NumberArray } from './upright';

/** Its size is the one before it is turned upright. */
export interface StoredImage extends ImageSize {
  /** For messages: `a 16-bit PNG`. */
  name: string;
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

export type StoredLimits = Pick<PictureBytes, 'pixelLimit' | 'damaged'>;

/** Reads the header alone. Throws Undecodable for files of other formats, damaged ones, and those that are too large. */
export async function storedImage(image: Uint8Array | RawImage, limits: StoredLimits): Promise<StoredImage> {
  const stored = image instanceof Uint8Array ? await storedFile(image, limits) : storedPixels(image);
  const { height, width, bands } = stored;
  if (height * width * Math.max(1, bands / 4) <= limits.pixelLimit) return stored;
  const size = `${width} x ${height} pixels${bands > 4 ? ` of ${bands} bands` : ''}`;
  throw new Undecodable('too large', `${size}, more than pixelLimit allows, ${limits.pixelLimit}`);
}

async function storedFile(bytes: Uint8Array, limits: StoredLimits): Promise<StoredImage> {
  const format = imageFormat(bytes);
  if (format === 'NumPy array') return storedArray(bytes);
  const picture = { bytes, format, ...limits };
  return format === 'TIFF' ? storedTiff(await tiffHeader(bytes), picture) : storedPicture(picture);
}

const plain = {
  wide: false,
  seen: false,
  profiled: false,
  linear: false,
  whiteIsZero: false,
  orientation: 1,
  picture: undefined,
};

function storedPixels({ height, width, channels, pixels }: RawImage): StoredImage {
  if (pixels.length !== height * width * channels || pixels.length === 0) {
    throw new SemmaeError({
      where: 'imageDataset',
      requirement: `pixels in memory must hold height x width x channels values, ${height} x ${width} x ${channels}`,
      got: pixels.length,
    });
  }
  const wide = !(pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray);
  const name = `an array of ${pixels.constructor.name.replace('Array', '')}`;
  return { ...plain, ...bandsOfArray(channels), height, width, name, wide, values: async () => pixels };
}

/** Arrays are [H, W], or [H, W, bands], or [bands, H, W]: the shorter one of the first and the last axis holds the bands. */
async function storedArray(bytes: Uint8Array): Promise<StoredImage> {
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
  return { ...plain, ...bandsOfArray(bands), height, width, name, wide: dtype !== 'U8' && dtype !== 'BOOL', values };
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

async function storedPicture(picture: PictureBytes): Promise<StoredImage> {
  const { format, bytes } = picture;
  const unlimited = { ...picture, pixelLimit: 2 ** 53 - 1 }; // sizes are compared by the caller, who names them
  const header = await readPicture(unlimited, (image) => image.metadata());
  const { height, width, channels, space, hasAlpha, depth, orientation = 1, icc } = header;
  const wide = depth !== 'uchar';
  const bits = wide ? '16-bit ' : '';
  const chunks = format === 'PNG' ? pngHeader(bytes) : undefined;
  const colors = space === 'cmyk' ? 'CMYK' : channels - Number(hasAlpha) === 1 ? 'gray' : 'RGB';
  const profiled = icc !== undefined;
  const says = profiled ? colors === 'RGB' : ['sRGB', 'gAMA', 'cICP'].some((name) => chunks?.has(name)); // sharp applies no profile to 16-bit gray
  return {
    ...{ height, width, name: `a ${bits}${format}`, bands: channels, colors, alpha: hasAlpha, wide, profiled },
    ...{
      seen: says || format === 'AVIF',
      linear: chunks !== undefined && isLinear(chunks),
      whiteIsZero: false,
      orientation,
      picture,
    },
    values: () => storedBands(picture, { bands: channels, wide, alpha: hasAlpha, cmyk: space === 'cmyk' }),
  };
}

/** gAMA is the exponent of encoding times 100,000; a profile or sRGB chunk overrules it. Reference: PNG, third edition, 11.3.2. */
function isLinear(chunks: ReadonlyMap<string, Uint8Array>): boolean {
  const gamma = chunks.get('gAMA');
  if (gamma?.length !== 4 || ['sRGB', 'iCCP', 'cICP'].some((name) => chunks.has(name))) return false;
  return Math.abs(new DataView(gamma.buffer, gamma.byteOffset).getUint32(0) - 100_000) < 10_000;
}

interface BandLayout {
  bands: number;
  wide: boolean;
  alpha: boolean;
  cmyk: boolean;
}

async function storedBands(picture: PictureBytes, { bands, wide, alpha, cmyk }: BandLayout): Promise<NumberArray> {
  if (cmyk)
    throw new Undecodable('with unclear bands', 'CMYK is read as a picture only: leave out `bands`, or convert it');
  const gray = bands === 1; // of gray with alpha libvips would drop alpha
  const space = gray ? (wide ? 'grey16' : 'b-w') : wide ? 'rgb16' : 'srgb';
  const { data, info } = await readPicture({ ...picture, ignoreProfile: true }, (image) =>
    image
      .toColorspace(space)
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  const values = wide ? halvesOf(data) : new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (info.channels === 4 && bands === 2 && alpha)
    return values.filter((_, place) => place % 4 === 0 || place % 4 === 3);
  if (info.channels === bands) return values;
  throw new Undecodable('damaged', `${info.channels} bands in place of ${bands}`);
}

/** Bands of colors by PhotometricInterpretation. */
const photometrics: Readonly<Record<number, readonly [colors: 'gray' | 'RGB' | 'CMYK', samples: number]>> = {
  ...{ 0: ['gray', 1], 1: ['gray', 1], 2: ['RGB', 3], 3: ['RGB', 1], 5: ['CMYK', 4], 6: ['RGB', 3], 8: ['RGB', 3] },
};
/** Zstandard and LERC, which libvips is built without. */
const numericCompressions = [50000, 34887];

function storedTiff(header: TiffHeader, picture: PictureBytes): StoredImage {
  const { height, width, samples, bits, sampleFormat, photometric, extraSamples, orientation, hasProfile } = header;
  const known = photometrics[photometric];
  if (known === undefined)
    throw new Undecodable('unsupported color', `a TIFF of photometric interpretation ${photometric}`);
  const extra = samples - known[1];
  const alpha = extra === 1 && (extraSamples[0] === 1 || extraSamples[0] === 2);
  const colors = extra === 0 || alpha ? known[0] : undefined;
  const wide = bits > 8 || sampleFormat !== 1;
  const indirect = photometric === 3 || photometric === 6 || bits < 8; // values that are no colors before libvips makes them so
  const bands = photometric === 3 ? 3 : samples;
  const layout = { bands, wide, alpha, cmyk: photometric === 5 };
  const asPicture = colors !== undefined && !numericCompressions.includes(header.compression);
  return {
    ...{ height, width, bands, colors, alpha, wide, orientation, whiteIsZero: photometric === 0 },
    name: `a TIFF of ${bands} ${sampleFormat === 3 ? 'float ' : sampleFormat === 2 ? 'signed ' : ''}bands of ${bits} bits`,
    profiled: hasProfile,
    linear: false,
    seen: hasProfile && colors === 'RGB' && bits === 16 && sampleFormat === 1 && asPicture,
    picture: asPicture ? picture : undefined,
    values: () => (indirect ? storedBands(picture, layout) : header.read()),
  };
}
