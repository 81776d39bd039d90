import { createRng, imageNetStatistics } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { partDataset } from '../part-images/part-dataset';
import { applyView } from './apply-view';
import { applyViewToPixels } from './apply-view-to-map';
import { denormalizePixels, normalizePixels } from './normalization';
import { fullView, sampleView, type View } from './view';

describe('applyView', () => {
  it.each(['bilinear', 'bicubic'] as const)(
    'is plain normalization for the whole image at its own size (%s)',
    (interpolation) => {
      const image = noise(13, 17);
      const result = applyView(image, fullView(image), { height: 13, width: 17, interpolation });
      expect(maximumDifference(result, normalizePixels(image.pixels))).toBeLessThan(1e-6); // float32 rounding of values below 3
    },
  );

  it('mirrors twice to the identity', () => {
    const image = noise(13, 17);
    const view: View = { top: 2, left: 3, height: 7, width: 11, flip: true };
    const size = { height: 7, width: 11 };
    const mirrored = { ...size, pixels: denormalizePixels(applyView(image, view, size)) };
    const back = applyView(mirrored, { ...fullView(mirrored), flip: true }, size);
    expect(maximumDifference(back, applyView(image, { ...view, flip: false }, size))).toBeLessThan(1e-6);
  });

  it('cuts out exactly the pixels of the view', () => {
    const image = noise(13, 17);
    const cut = denormalizePixels(
      applyView(image, { top: 5, left: 7, height: 3, width: 2, flip: false }, { height: 3, width: 2 }),
    );
    const expected = [5, 6, 7].flatMap((y) =>
      [7, 8].flatMap((x) => [...image.pixels.subarray(3 * (17 * y + x), 3 * (17 * y + x + 1))]),
    );
    expect([...cut]).toEqual(expected);
  });

  it.each(['bilinear', 'bicubic'] as const)('agrees with a slow obvious resize (%s)', (interpolation) => {
    const image = noise(23, 31);
    for (const [height, width] of [
      [7, 41],
      [29, 11],
      [5, 3],
    ] as const) {
      const view: View = { top: 1, left: 2, height: 19, width: 23, flip: true };
      const expected = slowResize(image, view, height, width, interpolation);
      const result = applyView(image, view, { height, width, interpolation });
      expect(maximumDifference(result, normalizePixels(expected))).toBeLessThan(2e-5); // float32 sums against float64
    }
  });

  it('keeps a constant image constant and the mean of a shrunk one', () => {
    const flat = { height: 19, width: 23, pixels: new Uint8Array(19 * 23 * 3).fill(200) };
    const shrunk = applyView(flat, fullView(flat), { height: 5, width: 47 });
    const expected = [0, 1, 2].map(
      (c) => (200 / 255 - imageNetStatistics.mean[c]!) / imageNetStatistics.standardDeviation[c]!,
    );
    expect(
      maximumDifference(
        shrunk,
        Float32Array.from(shrunk, (_, index) => expected[index % 3]!),
      ),
    ).toBeLessThan(1e-5);
    const chequered = {
      height: 64,
      width: 64,
      pixels: Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => 255 * ((Math.floor(i / 3) + Math.floor(i / 192)) % 2)),
    };
    // without antialiasing a one-pixel chequerboard would shrink to black or white
    for (const value of denormalizePixels(applyView(chequered, fullView(chequered), { height: 8, width: 8 }))) {
      expect(Math.abs(value - 127.5)).toBeLessThan(4);
    }
  });

  it('writes into a slice of a batch', () => {
    const image = noise(13, 17);
    const batch = new Float32Array(2 * 5 * 3 * 3);
    const into = batch.subarray(45);
    expect(applyView(image, fullView(image), { height: 5, width: 3, into })).toBe(into);
    expect(batch.subarray(0, 45).every((value) => value === 0)).toBe(true);
    expect(into).toEqual(applyView(image, fullView(image), { height: 5, width: 3 }));
  });

  it('refuses a view that leaves the image', () => {
    const image = noise(13, 17);
    const view = { top: 0, left: 10, height: 5, width: 8, flip: false };
    expect(() => applyView(image, view, { height: 5, width: 5 })).toThrow('inside the 13x17 image');
  });

  it('moves image and part map together', async () => {
    // Paint every part in its own color, move picture and map, and read the part back from the picture.
    const rng = createRng(12);
    const dataset = partDataset({ seed: 12, count: 40 });
    let [agreed, compared] = [0, 0];
    for (let index = 0; index < dataset.length; index++) {
      const { height, width, parts } = await dataset.get(index);
      const painted = {
        height,
        width,
        pixels: Uint8Array.from({ length: 3 * height * width }, (_, i) => code(parts![Math.floor(i / 3)]!, i % 3)),
      };
      const view = sampleView(rng, { sourceHeight: height, sourceWidth: width, scale: [0.3, 1] });
      const pixels = denormalizePixels(applyView(painted, view, { height: 64, width: 64, interpolation: 'bilinear' }));
      const moved = applyViewToPixels(parts!, view, {
        sourceHeight: height,
        sourceWidth: width,
        height: 64,
        width: 64,
      });
      for (let pixel = 0; pixel < moved.length; pixel++) {
        const bits = [0, 1, 2].map((c) => Number(pixels[3 * pixel + c]! > 127.5));
        agreed += Number(bits[0]! + 2 * bits[1]! + 4 * bits[2]! === moved[pixel]);
        compared++;
      }
    }
    // only pixels that interpolate across a border may differ
    expect(agreed / compared).toBeGreaterThan(0.97);
  });
});

/** Parts 0..6 as corners of the color cube. */
function code(part: number, channel: number): number {
  return 255 * ((part >> channel) & 1);
}

function noise(height: number, width: number) {
  const rng = createRng(height * 1000 + width);
  return { height, width, pixels: Uint8Array.from({ length: 3 * height * width }, () => rng.integer(256)) };
}

/** Every target pixel as a weighted mean over the whole crop, straight from the definition. */
function slowResize(
  image: { width: number; pixels: Uint8Array },
  view: View,
  height: number,
  width: number,
  interpolation: 'bilinear' | 'bicubic',
): Float64Array {
  const kernel = (t: number) => {
    const d = Math.abs(t);
    if (interpolation === 'bilinear') return Math.max(0, 1 - d);
    if (d < 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1;
    return d < 2 ? -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2 : 0;
  };
  const weight = (target: number, count: number, source: number, extent: number) => {
    const step = extent / count;
    return kernel((source + 0.5 - (target + 0.5) * step) / Math.max(step, 1));
  };
  const result = new Float64Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sums = [0, 0, 0];
      let total = 0;
      for (let sy = 0; sy < view.height; sy++) {
        for (let sx = 0; sx < view.width; sx++) {
          const w = weight(y, height, sy, view.height) * weight(x, width, sx, view.width);
          total += w;
          for (let c = 0; c < 3; c++)
            sums[c] = sums[c]! + w * image.pixels[3 * ((view.top + sy) * image.width + view.left + sx) + c]!;
        }
      }
      const column = view.flip ? width - 1 - x : x;
      for (let c = 0; c < 3; c++) result[3 * (y * width + column) + c] = Math.min(Math.max(sums[c]! / total, 0), 255);
    }
  }
  return result;
}

function maximumDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}
