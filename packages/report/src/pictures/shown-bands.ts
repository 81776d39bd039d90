// Which channels of an image stand for red, green and blue in its pictures.

import { type PixelStatistics, SemmaeError } from '@semmae/core';

/** Channels, from 0, that are shown as red, green and blue. */
export type ShownBands = readonly [red: number, green: number, blue: number];

/** `bands`, three of them or one for gray. Default: the first three channels; the first, gray, where there are fewer. */
export function shownBands(channels: number, bands?: readonly number[]): ShownBands {
  if (bands === undefined) return channels < 3 ? [0, 0, 0] : [0, 1, 2];
  const [red = 0, green = red, blue = red] = bands;
  const isThere = (band: number) => Number.isInteger(band) && band >= 0 && band < channels;
  if ((bands.length === 1 || bands.length === 3) && bands.every(isThere)) return [red, green, blue];
  throw new SemmaeError({
    where: '`showBands`',
    requirement: `must name three bands, or one for gray, of 0 to ${channels - 1}`,
    got: bands,
  });
}

/** [..., channels] -> [..., 3] */
export function selectBands<Values extends Uint8Array | Float32Array>(
  values: Values,
  channels: number,
  bands: ShownBands,
): Values {
  const length = (values.length / channels) * 3;
  const selected = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  for (let from = 0, to = 0; from < values.length; from += channels) {
    for (const band of bands) selected[to++] = values[from + band]!;
  }
  return selected as Values;
}

/** Of the bands that are shown. */
export function shownStatistics({ mean, standardDeviation }: PixelStatistics, bands: ShownBands): PixelStatistics {
  return {
    mean: bands.map((band) => mean[band]!),
    standardDeviation: bands.map((band) => standardDeviation[band]!),
  };
}
