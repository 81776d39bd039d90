// Colors of one image: hues at random, lightness by the kind of part, nothing by the class.

import type { Rng } from '@semmae/core';

/** Red, green and blue in 0..255. */
export type Color = readonly [red: number, green: number, blue: number];

/** The two colors of a pattern. */
export interface ColorPair {
  readonly first: Color;
  readonly second: Color;
}

const lightnessJitter = 0.02; // of a part, either way

/**
 * A pair for each tone, alike in saturation and contrast, as things under one light are. Hues stand in a fixed order around the
 * circle, which is turned at random, so that a hue says nothing by itself; which color of the pairs is lighter is one coin toss.
 */
export function drawPalette(rng: Rng, tones: readonly number[]): ColorPair[] {
  const turn = rng.uniform();
  const sign = rng.uniform() < 0.5 ? -1 : 1;
  const imageLightness = 0.44 + 0.12 * rng.uniform();
  const saturation = 0.4 + 0.4 * rng.uniform();
  return tones.map((tone, slot) => {
    // every third place in turn, so that parts that touch differ
    const hue = turn + (((slot * 3) % tones.length) + 0.3 * rng.uniform()) / tones.length;
    const contrast = sign * (0.192 + 0.064 * rng.uniform());
    const lightness = imageLightness + tone + lightnessJitter * (2 * rng.uniform() - 1);
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
