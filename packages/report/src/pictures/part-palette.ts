// Colours of parts: qualitative, and told apart by colour-blind readers as far as 24 colours can be.

import { assertInteger } from '@semmae/core';

import type { Colour } from './picture';

/** Colour of background (part 0): a neutral grey that no part has. */
export const backgroundColour: Colour = [150, 152, 156];

/**
 * The first seven are the palette of Okabe & Ito ("Color Universal Design", 2008, https://jfly.uni-koeln.de/color/).
 * The other seventeen were added one by one, each the colour farthest from those before it and from the greys. Far is
 * the least OKLab distance under normal vision and under protanopia, deuteranopia and tritanopia as simulated by Machado,
 * Oliveira & Fernandes (2009), whose distances count 1.35, 1.35 and 1.8 times.
 */
// biome-ignore format: a table
const hexadecimalColours = [
  'e69f00', '56b4e9', '009e73', 'f0e442', '0072b2', 'd55e00', 'cc79a7', '2d0096',
  '690000', '78ffff', '5a00f0', 'b4000f', '8769ff', '00e1a5', '4b2d5a', 'a5d2ff',
  'd200b4', 'a5ffa5', '2d4b87', '87b478', '7896ff', 'f0c369', '782d3c', '6900b4',
];

/** 24 colours; part `id` has colour `(id - 1) % 24`. */
export const partPalette: readonly Colour[] = hexadecimalColours.map((text) => {
  const number = Number.parseInt(text, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
});

export interface PartColourOptions {
  /** The id drawn in grey, or null where every id is a part. Default 0. */
  background?: number | null;
}

/** The colour of a part id, the same in every picture and legend. Colours repeat after 24 parts. */
export function partColour(id: number, { background = 0 }: PartColourOptions = {}): Colour {
  assertInteger('partColour', 'id', id, { least: 0 });
  if (id === background) return backgroundColour;
  return partPalette[(id + partPalette.length - 1) % partPalette.length]!;
}
