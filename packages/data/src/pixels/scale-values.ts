// From stored values to channels on the scale 0..255.

import type { ImageSize } from '@semmae/core';

import { Undecodable } from './undecodable';
import type { NumberArray } from './upright';

export interface StoredValues extends ImageSize {
  /** [H, W, bands]; bytes are on the scale already. */
  values: NumberArray;
  bands: number;
}

export interface ScaleOptions {
  /** Bands that become channels, in this order. */
  select: readonly number[];
  /** The stored values that become 0 and 255, which may be the higher first. Bytes ignore it. */
  range?: readonly [number, number] | undefined;
  /** Band of alpha, to lay the others over white. */
  alpha?: number | undefined;
}

/** [H, W, selected bands]: bytes stay bytes where nothing is computed. Throws Undecodable for values that are not finite. */
export function scaleValues(
  { height, width, bands, values }: StoredValues,
  { select, range = [0, 255], alpha }: ScaleOptions,
): Uint8Array | Float32Array {
  const bytes = values instanceof Uint8Array || values instanceof Uint8ClampedArray;
  const channels = select.length;
  const pixelCount = height * width;
  if (values.length !== pixelCount * bands) {
    throw new Undecodable('damaged', `${values.length} values in place of ${height} x ${width} x ${bands}`);
  }
  const result =
    bytes && alpha === undefined ? new Uint8Array(pixelCount * channels) : new Float32Array(pixelCount * channels);
  const [lowest, highest] = bytes ? [0, 255] : range;
  const factor = 255 / (highest - lowest);
  const opaque = bytes ? 255 : 65535;
  if (alpha !== undefined && !bytes && !(values instanceof Uint16Array)) {
    throw new Undecodable('with unclear bands', 'alpha that is no byte and not of 16 bits: name the bands');
  }
  for (let pixel = 0, written = 0; pixel < pixelCount; pixel++) {
    const opacity = alpha === undefined ? 1 : values[pixel * bands + alpha]! / opaque;
    for (const band of select) {
      const stored = values[pixel * bands + band]!;
      if (!Number.isFinite(stored)) throw notFinite(stored, { pixel, band, width });
      const value = Math.min(255, Math.max(0, (stored - lowest) * factor));
      result[written++] = opacity === 1 ? value : value * opacity + 255 * (1 - opacity);
    }
  }
  return result;
}

function notFinite(value: number, { pixel, band, width }: { pixel: number; band: number; width: number }): Undecodable {
  const place = `row ${Math.floor(pixel / width)}, column ${pixel % width}, band ${band}`;
  return Number.isNaN(value)
    ? new Undecodable('NaN in pixels', `NaN at ${place}: fill in what is missing`)
    : new Undecodable('infinite pixels', `${value} at ${place}: fill in what is missing`);
}
