// Colors of one image: random, distinct between the part kinds, and blind to what they are painted on.

import type { Rng } from '@semmae/core';

/** Red, green and blue in 0..255. */
export type Color = readonly [red: number, green: number, blue: number];

/** The two colors of a pattern. */
export interface ColorPair {
  readonly first: Color;
  readonly second: Color;
}

/**
 * `count` pairs with hues spread around the circle in random order. Within a pair lightness differs by 0.2 to 0.35, and
 * which of the two is lighter is a coin toss, so that the mean of many images is the same gray everywhere.
 */
export function drawPalette(rng: Rng, count: number): ColorPair[] {
  const turn = rng.uniform();
  return Array.from(rng.permutation(count), (slot) => {
    const hue = turn + (slot + 0.6 * rng.uniform()) / count;
    const contrast = (0.2 + 0.15 * rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1);
    const lightness = 0.35 + 0.3 * rng.uniform();
    const saturation = 0.35 + 0.5 * rng.uniform();
    return {
      first: color(hue, saturation, lightness - contrast / 2),
      second: color(hue + 0.08 * (rng.uniform() - 0.5), saturation, lightness + contrast / 2),
    };
  });
}

/** HSL to RGB; hue in turns, saturation and lightness in 0..1. */
function color(hue: number, saturation: number, lightness: number): Color {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const sector = (((hue * 12 + offset) % 12) + 12) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(sector - 3, 9 - sector, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
