import { describe, expect, it } from 'vitest';

import { backgroundColor, partColor, partPalette } from './part-palette';

describe('partPalette', () => {
  it('holds 24 colors that differ from each other and from the background', () => {
    const all = [...partPalette, backgroundColor];
    expect(partPalette).toHaveLength(24);
    const closest = all.flatMap((one, index) => all.slice(0, index).map((other) => distance(one, other)));
    expect(Math.min(...closest)).toBeGreaterThan(40); // of 441 between black and white
  });

  it('stays apart for color-blind readers', () => {
    for (const [vision, matrix] of Object.entries(simulations)) {
      const seen = partPalette.map((color) => oklab(through(matrix, color.map(linear))));
      const closest = seen.flatMap((one, index) => seen.slice(0, index).map((other) => distance(one, other)));
      expect(Math.min(...closest), vision).toBeGreaterThan(0.05); // about two and a half just noticeable differences
    }
  });

  it('repeats after 24 parts and never falls on the background', () => {
    expect(partColor(25)).toEqual(partColor(1));
    expect(partColor(24)).not.toEqual(backgroundColor);
  });
});

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.hypot(...one.map((value, channel) => value - other[channel]!));
}

/** Complete dichromacy on linear RGB: Machado, Oliveira & Fernandes 2009, severity 1.0. */
const simulations = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function through(matrix: readonly number[], color: readonly number[]): number[] {
  return [0, 3, 6].map((row) => {
    const sum = color.reduce((total, value, column) => total + value * matrix[row + column]!, 0);
    return Math.min(1, Math.max(0, sum));
  });
}

/** Ottosson 2020, https://bottosson.github.io/posts/oklab/ */
function oklab(rgb: readonly number[]): number[] {
  const [red, green, blue] = rgb as [number, number, number];
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}
