// Pixels that views are cut from, whatever the number of their channels.

import { assertInteger, assertLength, type ImageSize, SemmaeError } from '@semmae/core';

/** A `LabeledImage` is one. */
export interface PixelImage extends ImageSize {
  /** For messages. */
  readonly id?: string;
  /** Default 3: RGB. */
  readonly channels?: number;
  /** On the scale 0..255, [H, W, channels]. Floats are not rounded. */
  readonly pixels: Uint8Array | Float32Array;
}

/** The channels of `image`. Throws a SemmaeError where pixels are missing, or NaN or infinite: which image, and where. */
export function checkedChannels(where: string, { id, height, width, channels = 3, pixels }: PixelImage): number {
  assertInteger(where, 'channels', channels);
  const remedy = `${height}x${width} pixels of ${channels} channels need as many values`;
  assertLength(where, 'pixels', pixels, height * width * channels, remedy);
  const wrong = pixels instanceof Float32Array ? pixels.findIndex((value) => !Number.isFinite(value)) : -1;
  if (wrong < 0) return channels;
  const pixel = Math.floor(wrong / channels);
  const place = `row ${Math.floor(pixel / width)}, column ${pixel % width}, channel ${wrong % channels}`;
  throw new SemmaeError({
    where,
    requirement: `pixels of ${id ?? 'the image'} must be finite`,
    got: `${pixels[wrong]} at ${place}`,
    remedy: 'replace what is missing, by 0 for instance, or leave the image out',
  });
}
