import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import known from './__fixtures__/torchvision-augmentations.json';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './adjust-colors';
import { colorJitter } from './color-jitter';
import { gaussianBlur } from './gaussian-blur';
import { grayscale } from './grayscale';
import { solarize } from './solarize';

const { height, width } = known;
const operations: Record<string, (pixels: Float32Array, amount: number) => Float32Array> = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
  grayscale: (pixels) => grayscale(pixels),
  solarize,
  blur: (pixels, radius) => gaussianBlur(pixels, { height, width, radius }),
  chain: (pixels) => adjustBrightness(adjustSaturation(adjustContrast(adjustHue(pixels, 0.07), 1.35), 0.85), 1.2),
};

describe('known answers of torchvision', () => {
  it.each(known.cases)('$operation by $amount', ({ operation, amount, result }) => {
    const pixels = operations[operation]!(Float32Array.from(known.image), amount);
    // float32 against float64 in 0..255, after at most four operations: 255 * 2^-23 each, times the six sixths of a hue
    expect(maximumDifference(pixels, result)).toBeLessThan(4e-4);
  });

  it.each(known.pillowBlurs)(
    'is close to the three box filters and the rounding of Pillow (radius $radius)',
    (blur) => {
      const { pixels, ...size } = known.picture;
      const blurred = gaussianBlur(Float32Array.from(pixels), { ...size, radius: blur.radius });
      // steps of 200 in 255, and its rounding; at the border Pillow repeats pixels anew for each box: left out
      const inside = (index: number) => {
        const [y, x] = [Math.floor(index / 51), Math.floor((index % 51) / 3)];
        return Math.min(y, 12 - y, x, 16 - x) >= 3;
      };
      for (const [index, value] of blurred.entries()) {
        if (inside(index)) expect(Math.abs(value - blur.result[index]!)).toBeLessThan(5);
      }
    },
  );
});

describe('gaussianBlur', () => {
  it('keeps a constant image and the mean of a dot far from the border', () => {
    const flat = gaussianBlur(new Float32Array(11 * 13 * 3).fill(70), { height: 11, width: 13, radius: 1.9 });
    expect(maximumDifference(flat, new Float32Array(flat.length).fill(70))).toBeLessThan(1e-4); // float32 of 70, 13 sums
    const dot = new Float32Array(17 * 19 * 3);
    dot[3 * (8 * 19 + 9) + 1] = 255;
    gaussianBlur(dot, { height: 17, width: 19, radius: 2 });
    expect(dot.reduce((sum, value) => sum + value, 0)).toBeCloseTo(255, 3); // float32 sums
    expect(dot.filter((_, index) => index % 3 !== 1).every((value) => value === 0)).toBe(true);
    // the ratio of neighbors of a Gaussian of deviation 2
    expect(dot[3 * (8 * 19 + 10) + 1]! / dot[3 * (8 * 19 + 9) + 1]!).toBeCloseTo(Math.exp(-1 / 8), 5);
    expect(dot[3 * (9 * 19 + 9) + 1]! / dot[3 * (8 * 19 + 9) + 1]!).toBeCloseTo(Math.exp(-1 / 8), 5);
  });

  it('says what is wrong with a radius', () => {
    expect(() => gaussianBlur(new Float32Array(12), { height: 2, width: 2, radius: 0 })).toThrow(
      'gaussianBlur: radius must be between',
    );
  });
});

describe('colorJitter', () => {
  const image = Float32Array.from(known.image);

  it('changes the share of images that it is told', () => {
    const rng = createRng(1);
    const changed = Array.from({ length: 1000 }, () => colorJitter(image.slice(), rng)).filter(
      (pixels) => maximumDifference(pixels, image) > 0,
    );
    expect(Math.abs(changed.length - 800)).toBeLessThan(51); // 4 deviations of a binomial
  });

  it('draws factors uniformly around 1 and turns around 0', () => {
    const rng = createRng(2);
    const gray = Float32Array.of(100, 100, 100);
    const factors = Array.from(
      { length: 2000 },
      () =>
        colorJitter(gray.slice(), rng, { probability: 1, brightness: 0.3, contrast: 0, saturation: 0, hue: 0 })[0]! /
        100,
    );
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.7 - 1e-6); // float32 of 70
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.3 + 1e-6);
    expect(Math.abs(factors.reduce((sum, factor) => sum + factor, 0) / 2000 - 1)).toBeLessThan(0.0155); // 4 standard errors of U(0.7, 1.3)
  });

  it('takes the four adjustments in every order', () => {
    const rng = createRng(3);
    const only = { probability: 1, brightness: 0, contrast: 0, saturation: 0, hue: 0 };
    expect(colorJitter(image.slice(), rng, only)).toEqual(image);
    // brightness 1 + 9 clips to white unless contrast halved the range first: both orders must show
    const clipped = Array.from({ length: 100 }, () =>
      colorJitter(Float32Array.of(200, 200, 200, 40, 40, 40), rng, { ...only, brightness: 1, contrast: 0.9 }),
    );
    expect(clipped.some(([bright, , , dark]) => bright === 255 && dark! < 255)).toBe(true);
    expect(clipped.some(([bright]) => bright! < 255)).toBe(true);
  });

  it('refuses strengths out of range', () => {
    expect(() => colorJitter(image.slice(), createRng(1), { hue: 0.6 })).toThrow(
      'colorJitter: hue must be between 0 and 0.5, got 0.6',
    );
    expect(() => colorJitter(image.slice(), createRng(1), { contrast: -1 })).toThrow('contrast must be between');
  });
});

function maximumDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}
