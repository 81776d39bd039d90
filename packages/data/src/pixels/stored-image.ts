// What an image file, or pixels in memory, hold before any rule is applied.

import type { Metadata } from 'sharp';

import type { RawImage } from '../sources/image-source';
import { imageFormat } from './image-format';
import { jpegFrame } from './jpeg-frame';
import { isLinearPng, pngHeader } from './png-chunks';
import { halvesOf, type PictureBytes, readPicture } from './read-picture';
import { assertPixelLimit, depthText, type StoredImage, storedArray, storedPixels } from './stored-numbers';
import { type TiffHeader, tiffHeader } from './tiff-header';
import { Undecodable } from './undecodable';
import type { NumberArray } from './upright';

export type StoredLimits = Pick<PictureBytes, 'pixelLimit' | 'damaged'>;

/** Reads the header alone. Throws Undecodable for files of other formats, damaged ones, and those that are too large. */
export async function storedImage(image: Uint8Array | RawImage, limits: StoredLimits): Promise<StoredImage> {
  const stored = image instanceof Uint8Array ? await storedFile(image, limits) : storedPixels(image);
  assertPixelLimit(stored, limits.pixelLimit);
  return stored;
}

async function storedFile(bytes: Uint8Array, limits: StoredLimits): Promise<StoredImage> {
  const format = imageFormat(bytes);
  if (format === 'NumPy array') return storedArray(bytes);
  const picture = { bytes, format, ...limits };
  return format === 'TIFF' ? storedTiff(await tiffHeader(bytes), picture) : storedPicture(picture);
}

async function storedPicture(picture: PictureBytes): Promise<StoredImage> {
  const { format, bytes } = picture;
  const header = (format === 'JPEG' && plainHeader(bytes)) || (await headerOf(picture));
  const { height, width, channels, space, hasAlpha, depth, orientation = 1, icc } = header;
  const wide = depth !== 'uchar';
  const bits = wide ? '16-bit ' : '';
  const chunks = format === 'PNG' ? pngHeader(bytes) : undefined;
  const colors = space === 'cmyk' ? 'CMYK' : channels - Number(hasAlpha) === 1 ? 'gray' : 'RGB';
  const profiled = icc !== undefined;
  const says = profiled ? colors === 'RGB' : ['sRGB', 'gAMA', 'cICP'].some((name) => chunks?.has(name)); // sharp applies no profile to 16-bit gray
  return {
    ...{ height, width, name: `a ${bits}${format}`, bands: channels, colors, alpha: hasAlpha, wide, profiled },
    depth: depthText(wide ? 16 : (header.bitsPerSample ?? 8), 1),
    ...{
      seen: says || format === 'AVIF',
      linear: chunks !== undefined && isLinearPng(chunks),
      whiteIsZero: false,
      orientation,
      picture,
    },
    values: () => storedBands(picture, { bands: channels, wide, alpha: hasAlpha, cmyk: space === 'cmyk' }),
  };
}

type PictureHeader = Pick<
  Metadata,
  'height' | 'width' | 'channels' | 'space' | 'hasAlpha' | 'depth' | 'orientation' | 'icc' | 'bitsPerSample'
>;

function headerOf(picture: PictureBytes): Promise<PictureHeader> {
  const unlimited = { ...picture, pixelLimit: 2 ** 53 - 1 }; // sizes are compared by the caller, who names them
  return readPicture(unlimited, (image) => image.metadata());
}

/** That of most JPEGs, which need no call of libvips. */
function plainHeader(bytes: Uint8Array): PictureHeader | undefined {
  const frame = jpegFrame(bytes);
  if (frame === undefined || !frame.isPlain) return undefined;
  const { height, width, components } = frame;
  return { height, width, channels: components === 1 ? 1 : 3, space: 'srgb', hasAlpha: false, depth: 'uchar' };
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
    depth: depthText(bits, sampleFormat),
    profiled: hasProfile,
    linear: false,
    seen: hasProfile && colors === 'RGB' && bits === 16 && sampleFormat === 1 && asPicture,
    picture: asPicture ? picture : undefined,
    values: () => (indirect ? storedBands(picture, layout) : header.read()),
  };
}
