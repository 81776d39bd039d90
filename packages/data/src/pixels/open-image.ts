// The one place that decides how an image is read: what its pixels become under the rules, or why they become nothing.

import type { ImageSize } from '@semmae/core';
import type { Sharp } from 'sharp';

import type { RawImage } from '../sources/image-source';
import { luma } from './luma';
import { channelsOf, defaultPixelLimit, type PixelRules } from './pixel-rules';
import { halvesOf, readPicture } from './read-picture';
import { type ScaleOptions, scaleValues } from './scale-values';
import { type StoredImage, storedImage } from './stored-image';
import { Undecodable } from './undecodable';
import { upright, uprightSize } from './upright';

export interface OpenedImage {
  /** Size after turning upright. */
  readonly source: ImageSize;
  readonly channels: number;
  /**
   * RGB bytes, [height, width, 3], of an upright sRGB picture that `treat` may crop and shrink while libvips decodes it. Default: the
   * whole picture. Undefined for numbers, which are decoded whole.
   */
  readonly picture: ((treat?: (image: Sharp) => Sharp) => Promise<Uint8Array>) | undefined;
  /** The whole image, upright, [H, W, channels] in 0..255. */
  pixels(): Promise<Uint8Array | Float32Array>;
}

/** Reads no more than the header. Throws Undecodable, here or when pixels are read, where the image gives not what the rules ask for. */
export async function openImage(image: Uint8Array | RawImage, rules: PixelRules = {}): Promise<OpenedImage> {
  const { pixelLimit = defaultPixelLimit, damaged = 'accept-warnings' } = rules;
  const stored = await storedImage(image, { pixelLimit, damaged });
  const opened = { source: uprightSize(stored, stored.orientation), channels: channelsOf(rules) };
  const reading = readingOf(stored, rules);
  if (reading.kind === 'numbers') return { ...opened, picture: undefined, pixels: () => numbers(stored, reading) };
  if (reading.kind === 'deep picture')
    return { ...opened, picture: undefined, pixels: () => deepPicture(stored, opened) };
  const picture = (treat?: (upright: Sharp) => Sharp) => plainPicture(stored, treat);
  const pixels = async () => withChannels(await picture(), opened.channels);
  return { ...opened, picture, pixels };
}

/** RGB with as many channels: 3, or 1. */
export function withChannels(rgb: Uint8Array | Float32Array, channels: number): Uint8Array | Float32Array {
  return channels === 1 ? luma(rgb) : rgb;
}

type Reading =
  | { kind: 'picture' }
  | { kind: 'deep picture' }
  | ({ kind: 'numbers'; toRgb: boolean; channels: number } & ScaleOptions);

function readingOf(stored: StoredImage, rules: PixelRules): Reading {
  const { name, bands, colors, alpha, wide, seen, linear, whiteIsZero, picture } = stored;
  const { bands: chosen, valueRange } = rules;
  const channels = channelsOf(rules);
  const pictorial = chosen === undefined && colors !== undefined && (channels === 3 || channels === 1);
  if (pictorial && linear && valueRange === undefined) {
    throw new Undecodable('linear light', `${name} of gamma 1, which counts light: encode it as sRGB`);
  }
  if (pictorial && picture !== undefined && !wide) return { kind: 'picture' };
  if (pictorial && seen && valueRange === undefined) return { kind: 'deep picture' };
  if (pictorial && colors === 'CMYK')
    throw new Undecodable('unsupported color', `${name} is CMYK: convert it to 8 bits`);
  const missing = chosen?.find((band) => band >= bands);
  if (missing !== undefined)
    throw new Undecodable('with unclear bands', `${name} has ${bands} bands, and no band ${missing}`);
  if (!pictorial && chosen === undefined && channels !== bands) throw wrongBands(stored, channels);
  if (wide && valueRange === undefined) {
    throw new Undecodable(
      'without value range',
      `${name} does not say which values are black and white: set valueRange`,
    );
  }
  if (!pictorial)
    return { kind: 'numbers', toRgb: false, channels, select: chosen ?? [...Array(bands).keys()], range: valueRange };
  const range = whiteIsZero ? ([...(valueRange ?? [0, 255])].reverse() as [number, number]) : valueRange;
  return {
    ...{ kind: 'numbers', toRgb: true, channels, range },
    select: colors === 'gray' ? [0, 0, 0] : [0, 1, 2],
    alpha: alpha ? bands - 1 : undefined,
  };
}

function wrongBands({ name, bands, colors, alpha }: StoredImage, channels: number): Undecodable {
  const what =
    colors === undefined
      ? `${bands} bands that do not say what they are`
      : `${bands} bands, ${colors}${alpha ? ' and alpha' : ''}`;
  return new Undecodable(
    'with unclear bands',
    `${name} has ${what}, for ${channels} channels: name the bands, such as [0, 1, 2], or set channels to ${bands}`,
  );
}

async function plainPicture(stored: StoredImage, treat?: (upright: Sharp) => Sharp): Promise<Uint8Array> {
  const { data, info } = await readPicture(stored.picture!, (image) => {
    const upright = image.autoOrient().flatten({ background: 'white' }).toColorspace('srgb');
    return (treat?.(upright) ?? upright).raw().toBuffer({ resolveWithObject: true });
  });
  if (info.channels !== 3)
    throw new Undecodable('unsupported color', `${info.channels} bands after conversion to sRGB`);
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (treat !== undefined || pixels.length === 3 * stored.height * stored.width) return pixels;
  throw new Undecodable(
    'damaged',
    `${info.width} x ${info.height} pixels in place of ${stored.width} x ${stored.height}`,
  );
}

/** Of 16 bits, through the profile, without a loss of depth. sharp takes such pictures to Display P3 unless it is told to write sRGB. */
async function deepPicture(
  { picture, profiled }: StoredImage,
  { source, channels }: Pick<OpenedImage, 'source' | 'channels'>,
) {
  const { data, info } = await readPicture(picture!, (image) => {
    const deep = image.autoOrient().toColorspace('rgb16');
    return (profiled ? deep.withIccProfile('srgb') : deep)
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
  });
  const values = halvesOf(data);
  const alpha = info.channels === 4 ? 3 : undefined;
  const rgb = scaleValues({ ...source, bands: info.channels, values }, { select: [0, 1, 2], range: [0, 65535], alpha });
  return withChannels(rgb, channels);
}

async function numbers(stored: StoredImage, { toRgb, channels, ...options }: Extract<Reading, { kind: 'numbers' }>) {
  const { bands, orientation } = stored;
  const values = upright(await stored.values(), stored, bands, orientation);
  const scaled = scaleValues({ ...uprightSize(stored, orientation), bands, values }, options);
  return toRgb ? withChannels(scaled, channels) : scaled;
}
