// What the rules make of an image: a picture, or numbers of certain bands.

import { luma } from './luma';
import { channelsOf, type PixelRules } from './pixel-rules';
import { type ScaleOptions, scaleValues } from './scale-values';
import type { StoredImage } from './stored-numbers';
import { Undecodable } from './undecodable';
import { upright, uprightSize } from './upright';

export type Reading =
  | { kind: 'picture' }
  | { kind: 'deep picture' }
  | ({ kind: 'numbers'; toRgb: boolean; channels: number } & ScaleOptions);

/** Throws Undecodable where the image does not give what the rules ask for. */
export function readingOf(stored: StoredImage, rules: PixelRules): Reading {
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
      `${name} does not say which values are black and white: set \`valueRange\``,
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
    `${name} has ${what}, for ${channels} channels: name the \`bands\`, such as 0,1,2, or set \`channels\` to ${bands}`,
  );
}

/** The whole image upright, [H, W, channels] in 0..255. */
export async function readNumbers(
  stored: StoredImage,
  { toRgb, channels, ...options }: Extract<Reading, { kind: 'numbers' }>,
) {
  const { bands, orientation } = stored;
  const values = upright(await stored.values(), stored, bands, orientation);
  const scaled = scaleValues({ ...uprightSize(stored, orientation), bands, values }, options);
  return toRgb ? withChannels(scaled, channels) : scaled;
}

/** RGB with as many channels: 3, or 1. */
export function withChannels(rgb: Uint8Array | Float32Array, channels: number): Uint8Array | Float32Array {
  return channels === 1 ? luma(rgb) : rgb;
}
