import { readFileSync } from 'node:fs';
import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { replayedRng } from '../__fixtures__/replayed-rng';
import { type ColorFilter, colorNoise, type NoiseColor } from './color-noise';

interface NoiseCase {
  seed: number;
  settings: [rows: number, columns: number, color: NoiseColor, sigmas: number[]];
  noise: number[];
}

const side = 32;
const maps = 40;
const cosines = Float64Array.from({ length: side }, (_, k) => Math.cos((2 * Math.PI * k) / side));
const sines = Float64Array.from({ length: side }, (_, k) => Math.sin((2 * Math.PI * k) / side));

/** [side * side] |F|² of a map over its mean for white noise: a plain Fourier transform, rows and then columns. */
function energies(map: Float32Array): Float64Array {
  let [real, imaginary] = [Float64Array.from(map), new Float64Array(side * side)];
  for (let axis = 0; axis < 2; axis++) {
    const [nextReal, nextImaginary] = [new Float64Array(side * side), new Float64Array(side * side)];
    for (let line = 0; line < side; line++) {
      for (let frequency = 0; frequency < side; frequency++) {
        for (let place = 0; place < side; place++) {
          const [cos, sin] = [cosines[(frequency * place) % side]!, sines[(frequency * place) % side]!];
          const [x, y] = [real[line * side + place]!, imaginary[line * side + place]!];
          // Transposed, so that the second round transforms the other axis.
          nextReal[frequency * side + line]! += x * cos + y * sin;
          nextImaginary[frequency * side + line]! += y * cos - x * sin;
        }
      }
    }
    [real, imaginary] = [nextReal, nextImaginary];
  }
  return real.map((x, index) => (x ** 2 + imaginary[index]! ** 2) / side ** 2);
}

/** Cycles per patch of a coefficient, 0 to √0.5. */
function frequencyOf(index: number): number {
  const along = (k: number) => Math.min(k, side - k) / side;
  return Math.hypot(along(Math.floor(index / side)), along(index % side));
}

/** What a Gaussian kernel leaves of the amplitude of a coefficient: the transform of its samples, along both axes. */
function gaussian(sigma: number, index: number): number {
  const taps = Array.from({ length: 2 * Math.ceil(4 * sigma) + 1 }, (_, tap) => tap - Math.ceil(4 * sigma));
  const weights = taps.map((tap) => Math.exp(-0.5 * (tap / sigma) ** 2));
  const total = sum(weights);
  const along = (k: number) =>
    sum(taps.map((tap, i) => (weights[i]! / total) * Math.cos((2 * Math.PI * k * tap) / side)));
  return along(Math.floor(index / side)) * along(index % side);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total;
}

const bands = { low: [0, 0.1], middle: [0.1, 0.22], high: [0.22, 1] } as const;
const colors: [ColorFilter, (index: number) => number][] = [
  [{ color: 'white' }, () => 1],
  [{ color: 'red' }, (index) => gaussian(2, index)],
  [{ color: 'blue' }, (index) => 1 - gaussian(1, index)],
  [{}, (index) => gaussian(1, index) - gaussian(2, index)],
  [{ color: 'green', sigma: [0.5, 1] }, (index) => gaussian(0.5, index) - gaussian(1, index)],
  [{ color: 'purple' }, (index) => 1 - gaussian(1, index) + gaussian(2, index)],
];

describe('colorNoise', () => {
  it.each(colors)('%o has the energy of its filter in low, middle and high bands', (filter, amplitude) => {
    const rng = createRng(3);
    const sums = new Float64Array(side * side);
    for (let map = 0; map < maps; map++) {
      energies(colorNoise({ rows: side, columns: side, ...filter }, rng)).forEach((energy, index) => {
        sums[index]! += energy / maps;
      });
    }
    for (const [least, most] of Object.values(bands)) {
      const inBand = [...sums.keys()].filter((index) => frequencyOf(index) >= least && frequencyOf(index) < most);
      const expected = inBand.map((index) => amplitude(index) ** 2);
      // |F|² of normal noise is exponential: its deviation is its mean. Coefficients come in equal pairs.
      const deviation = Math.sqrt((2 * sum(expected.map((energy) => energy ** 2))) / maps);
      const found = sum(inBand.map((index) => sums[index]!));
      expect(Math.abs(found - sum(expected))).toBeLessThan(5 * deviation);
    }
  });

  it('orders the colors by their bands', () => {
    const shareOf = (filter: ColorFilter, band: keyof typeof bands) => {
      const energy = energies(colorNoise({ rows: side, columns: side, ...filter }, createRng(5)));
      const [least, most] = bands[band];
      const inBand = energy.filter((_, index) => frequencyOf(index) >= least && frequencyOf(index) < most);
      return sum(inBand) / sum(energy);
    };
    expect(shareOf({ color: 'red' }, 'low')).toBeGreaterThan(0.6);
    expect(shareOf({ color: 'green' }, 'middle')).toBeGreaterThan(0.5);
    expect(shareOf({ color: 'blue' }, 'high')).toBeGreaterThan(0.9);
    expect(shareOf({ color: 'purple' }, 'middle')).toBeLessThan(shareOf({ color: 'white' }, 'middle'));
  });

  const fixture = readFileSync(new URL('./__fixtures__/color-masks.json', import.meta.url), 'utf8');
  const cases = (JSON.parse(fixture) as { noise: NoiseCase[] }).noise;
  it.each(cases)('is what scipy makes of the same white noise: $settings', ({ seed, settings, noise }) => {
    const [rows, columns, color, sigmas] = settings;
    const sigma = sigmas.length === 2 ? ([sigmas[0]!, sigmas[1]!] as const) : sigmas[0];
    const found = colorNoise({ rows, columns, color, sigma }, replayedRng(seed));
    expect(found.length).toBe(noise.length);
    // Single precision of values up to 4.
    noise.forEach((value, place) => {
      expect(Math.abs(found[place]! - value)).toBeLessThan(2e-6);
    });
  });

  it('refuses widths that the color does not have', () => {
    const make = (filter: ColorFilter) => () => colorNoise({ rows: 3, columns: 5, ...filter }, createRng(1));
    expect(make({ color: 'red', sigma: [1, 2] })).toThrow('colorNoise: sigma of red must be one number, got');
    expect(make({ sigma: 2 })).toThrow('sigma of green must be two, [weak, strong] with weak < strong, got 2');
    expect(make({ color: 'purple', sigma: [2, 1] })).toThrow('[weak, strong] with weak < strong');
    expect(make({ color: 'white', sigma: 1 })).toThrow('sigma of white must be left out, got 1');
    expect(make({ color: 'blue', sigma: 0 })).toThrow('colorNoise: sigma must be between 0.1 and 32, got 0');
    // @ts-expect-error a color that callers without types may pass
    expect(make({ color: 'pink' })).toThrow('color must be one of white, red, blue, green, purple, got pink');
    expect(() => colorNoise({ rows: 0, columns: 5 }, createRng(1))).toThrow('colorNoise: rows must be an integer');
  });
});
