// Perceptually uniform colour maps for heat maps.

import { assertOneOf, assertRange } from '@semmae/core';

import { blendedColour } from './blended-colour';
import type { Colour } from './picture';

export type ColourMap = 'viridis' | 'magma';

/**
 * Every eighth of the 256 colours of matplotlib's maps (Smith, van der Walt & Firing 2015, CC0,
 * https://bids.github.io/colormap/); linear in between, which is within 3 levels of the full tables.
 */
// biome-ignore format: tables
const anchors: Record<ColourMap, readonly Colour[]> = {
  viridis: parseColours(
    '440154 470d60 48196b 482373 472d7b 453781 424086 3f4a89 3b528b 375a8c 34638d 306b8e 2c728e 297a8e 27828e 23898e 21918d ' +
    '1f988b 1f9f88 21a785 28ae80 32b57b 3ebc74 4dc26c 5dc963 6fce58 82d34c 96d840 abdc32 c0e025 d5e21b eae51b fde725'),
  magma: parseColours(
    '000004 040412 0a0822 130d33 1d1046 281159 35106a 431075 51137c 5d177f 6a1c80 762181 822582 8f2a81 9c2f80 a9327d b6377a ' +
    'c33c75 cf4170 dc4869 e65164 ef5c5f f5695c f9785d fb8762 fd9669 fea571 feb47c fec387 fed194 fde0a2 fceeb0 fcfdbf'),
};

/** The colour of `value` in [0, 1]; dark is low, bright is high. */
export function mappedColour(value: number, colourMap: ColourMap): Colour {
  assertOneOf('mappedColour', 'colourMap', colourMap, ['viridis', 'magma']);
  assertRange('mappedColour', 'value', value, 0, 1);
  const table = anchors[colourMap];
  const position = value * (table.length - 1);
  const below = Math.min(Math.floor(position), table.length - 2);
  return blendedColour(table[below]!, table[below + 1]!, position - below);
}

function parseColours(text: string): Colour[] {
  return text.split(' ').map((colour) => {
    const number = Number.parseInt(colour, 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  });
}
