import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { sourceHash } from './generated/resize-kernel';
import { resample } from './resample';
import { byteWeights, resizeBytes } from './resize-bytes';

const rng = createRng(5);
/** Values from which a bicubic does not overshoot 0..255, as bytes are clipped between the passes. */
function image(height: number, width: number, channels: number) {
  return {
    height,
    width,
    channels,
    pixels: Uint8Array.from({ length: height * width * channels }, () => 64 + rng.integer(128)),
  };
}

describe('resizeBytes', () => {
  it.each([1, 2, 3, 4, 5, 10])('is near to the same in floats, for %i channels, mirrored or not', (channels) => {
    const source = image(37, 53, channels);
    for (const [height, width] of [
      [11, 17],
      [41, 61],
      [37, 7],
    ] as const) {
      for (const flip of [false, true]) {
        const view = { top: 3, left: 5, height: 29, width: 43, flip };
        const bytes = resizeBytes(
          source,
          byteWeights(view.height, height, 'bicubic', { offset: view.top }),
          byteWeights(view.width, width, 'bicubic', { offset: view.left, mirrored: flip }),
        );
        const floats = resample(source, view, { height, width, interpolation: 'bicubic' });
        // two roundings to bytes: half a level, and half a level times the largest sum of absolute weights of a bicubic, 1.25
        const differences = floats.map((value, at) => Math.abs(value - bytes[at]!));
        expect(bytes.length).toBe(floats.length);
        expect(Math.max(...differences)).toBeLessThan(1.2);
      }
    }
  });

  it('goes through large images in bands, and back to small ones', () => {
    const large = image(401, 1201, 3); // 1.4 MB: several bands
    const whole = resizeBytes(large, byteWeights(401, 13, 'bilinear'), byteWeights(1201, 19, 'bilinear'));
    const upper = resizeBytes(
      large,
      byteWeights(401, 13, 'bilinear', { start: 0, count: 5 }),
      byteWeights(1201, 19, 'bilinear'),
    );
    expect(whole.slice(0, upper.length)).toEqual(upper);
  });

  it('ends at the edge of the image where a fraction of samples does, but for what floats lose', () => {
    const image = { width: 1, channels: 1, pixels: new Uint8Array(84).fill(50) };
    const rows = byteWeights(345 * 0.2, 31, 'bicubic', { offset: 75 * 0.2 }); // to 84.00000000000001
    expect(rows.first.at(-1)! + rows.taps).toBe(84);
    expect(resizeBytes(image, rows, byteWeights(1, 1, 'bicubic'))).toEqual(new Uint8Array(31).fill(50));
  });

  it('places a source that begins and ends between samples', () => {
    const ramp = { width: 64, channels: 1, pixels: Uint8Array.from({ length: 64 * 3 }, (_, at) => 2 * (at % 64)) };
    const columns = byteWeights(24.5, 7, 'bilinear', { offset: 10.25 });
    const line = resizeBytes(ramp, byteWeights(3, 1, 'bilinear'), columns);
    // the value under the center of each target pixel, to a rounding and what the border cuts off
    for (let x = 1; x < 6; x++) expect(Math.abs(line[x]! - 2 * (10.25 + (x + 0.5) * 3.5 - 0.5))).toBeLessThan(1);
  });
});

it('has a kernel that was made from its source', () => {
  const source = new URL('../../assembly/resize-bytes.ts', import.meta.url);
  expect(createHash('sha256').update(readFileSync(source)).digest('hex')).toBe(sourceHash); // else: npx tsx scripts/build-resize-kernel.ts
});
