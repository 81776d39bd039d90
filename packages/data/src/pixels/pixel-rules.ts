// What the pixels of files become: the channels, bands and values of a data set.

import { assertInteger, assertOneOf, SemmaeError } from '@semmae/core';

export interface PixelRules {
  /**
   * Channels of every image. Default 3, or as many as `bands` names. 3 and 1 take pictures: gray counts three times, RGB becomes
   * gray as Pillow's `L`, alpha lies over white. Every other number takes files of as many bands, as they are stored.
   */
  channels?: number | undefined;
  /** Which bands of a file become the channels, counted from 0, as they are stored: no color profile is applied, alpha is a band. */
  bands?: readonly number[] | undefined;
  /**
   * The stored values that become 0 and 255, for files of more than 8 bits, signed or float; what lies outside is clamped. Without it
   * such files are read only if they say how values are to be seen: by a color profile, sRGB or gAMA chunk, or as AVIF.
   */
  valueRange?: readonly [lowest: number, highest: number] | undefined;
  /** Images of more pixels are refused before they are decoded; of more than four bands, of as many fewer. Default 100 million. */
  pixelLimit?: number | undefined;
  /**
   * Whether files that a decoder accepts with a warning are used, such as JPEGs with stray bytes or without an end marker. `strict`
   * refuses them. Images whose pixels are missing are refused in any case. Default 'accept-warnings'.
   */
  damaged?: 'accept-warnings' | 'strict' | undefined;
}

export const defaultPixelLimit = 100_000_000;

/** Throws a SemmaeError for rules that no file could follow. */
export function assertPixelRules(where: string, rules: PixelRules): void {
  const { channels, bands, valueRange, pixelLimit = defaultPixelLimit, damaged = 'accept-warnings' } = rules;
  if (channels !== undefined) assertInteger(where, 'channels', channels);
  assertInteger(where, 'pixelLimit', pixelLimit);
  assertOneOf(where, 'damaged', damaged, ['accept-warnings', 'strict']);
  if (bands !== undefined) {
    bands.forEach((band, place) => {
      assertInteger(where, `bands[${place}]`, band, { least: 0 });
    });
    if (bands.length === 0 || (channels !== undefined && bands.length !== channels)) {
      const requirement =
        channels === undefined ? 'bands must name at least one band' : 'bands must name one for each channel';
      throw new SemmaeError({ where, requirement, got: `${bands.length} bands, channels ${channels ?? 3}` });
    }
  }
  if (valueRange === undefined) return;
  const [lowest, highest] = valueRange;
  if (valueRange.length === 2 && Number.isFinite(highest - lowest) && lowest < highest) return;
  throw new SemmaeError({ where, requirement: 'valueRange must be two numbers, the lower first', got: valueRange });
}

/** How many channels images have under these rules. */
export function channelsOf({ bands, channels = bands?.length ?? 3 }: PixelRules = {}): number {
  return channels;
}
