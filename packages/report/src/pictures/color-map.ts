// Perceptually uniform color maps for heat maps.

import { assertOneOf, assertRange } from '@semmae/core';

import { blendedColor } from './blended-color';
import type { Color } from './picture';

export type ColorMap = 'viridis' | 'magma';

/**
 * Every eighth of the 256 colors of matplotlib's maps (Smith, van der Walt & Firing 2015, CC0,
 * https://bids.github.io/colormap/); linear in between, which is within 3 levels of the full tables.
 */
// biome-ignore format: tables
const anchors: Record<ColorMap, readonly Color[]> = {
  viridis: parseColors(
    '440154 470d60 48196b 482373 472d7b 453781 424086 3f4a89 3b528b 375a8c 34638d 306b8e 2c728e 297a8e 27828e 23898e 21918d ' +
    '1f988b 1f9f88 21a785 28ae80 32b57b 3ebc74 4dc26c 5dc963 6fce58 82d34c 96d840 abdc32 c0e025 d5e21b eae51b fde725'),
  magma: parseColors(
    '000004 040412 0a0822 130d33 1d1046 281159 35106a 431075 51137c 5d177f 6a1c80 762181 822582 8f2a81 9c2f80 a9327d b6377a ' +
    'c33c75 cf4170 dc4869 e65164 ef5c5f f5695c f9785d fb8762 fd9669 fea571 feb47c fec387 fed194 fde0a2 fceeb0 fcfdbf'),
};

/** The color of `value` in [0, 1]; dark is low, bright is high. */
export function mappedColor(value: number, colorMap: ColorMap): Color {
  assertOneOf('mappedColor', 'colorMap', colorMap, ['viridis', 'magma']);
  assertRange('mappedColor', 'value', value, 0, 1);
  const table = anchors[colorMap];
  const position = value * (table.length - 1);
  const below = Math.min(Math.floor(position), table.length - 2);
  return blendedColor(table[below]!, table[below + 1]!, position - below);
}

function parseColors(text: string): Color[] {
  return text.split(' ').map((color) => {
    const number = Number.parseInt(color, 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  });
}
