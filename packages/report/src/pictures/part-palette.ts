// Colors of parts: qualitative, and told apart by color-blind readers as far as 24 colors can be.

import { assertInteger } from '@semmae/core';

import type { Color } from './picture';

/** Color of background (part 0): a neutral gray that no part has. */
export const backgroundColor: Color = [150, 152, 156];

/**
 * The first seven are the palette of Okabe & Ito ("Color Universal Design", 2008, https://jfly.uni-koeln.de/color/).
 * The other seventeen were added one by one, each the color farthest from those before it and from the grays. Far is
 * the least OKLab distance under normal vision and under protanopia, deuteranopia and tritanopia as simulated by Machado,
 * Oliveira & Fernandes (2009), whose distances count 1.35, 1.35 and 1.8 times.
 */
// biome-ignore format: a table
const hexadecimalColors = [
  'e69f00', '56b4e9', '009e73', 'f0e442', '0072b2', 'd55e00', 'cc79a7', '2d0096',
  '690000', '78ffff', '5a00f0', 'b4000f', '8769ff', '00e1a5', '4b2d5a', 'a5d2ff',
  'd200b4', 'a5ffa5', '2d4b87', '87b478', '7896ff', 'f0c369', '782d3c', '6900b4',
];

/** 24 colors; part `id` has color `(id - 1) % 24`. */
export const partPalette: readonly Color[] = hexadecimalColors.map((text) => {
  const number = Number.parseInt(text, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
});

export interface PartColorOptions {
  /** The id drawn in gray, or null where every id is a part. Default 0. */
  background?: number | null;
}

/** The color of a part id, the same in every picture and legend. Colors repeat after 24 parts. */
export function partColor(id: number, { background = 0 }: PartColorOptions = {}): Color {
  assertInteger('partColor', 'id', id, { least: 0 });
  if (id === background) return backgroundColor;
  return partPalette[(id + partPalette.length - 1) % partPalette.length]!;
}
