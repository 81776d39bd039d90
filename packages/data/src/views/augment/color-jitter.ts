// Random changes of brightness, contrast, saturation and hue, in random order.

import { assertRange, type Rng } from '@semmae/core';

import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './adjust-colors';

export interface ColorJitterOptions {
  /** Share of views that are changed at all. Default 0.8. */
  probability?: number;
  /** The factor is drawn from U(max(0, 1 - brightness), 1 + brightness). Default 0.4. */
  brightness?: number;
  /** Likewise. Default 0.4. */
  contrast?: number;
  /** Likewise. Default 0.2. */
  saturation?: number;
  /** The turn of the color circle is drawn from U(-hue, hue), at most 0.5. Default 0.1. */
  hue?: number;
}

/**
 * Jitters the colors of `pixels` (RGB in 0..255, [..., 3]) in place, by torchvision's ColorJitter; the defaults are DINO's and
 * iBOT's (Caron et al., https://arxiv.org/abs/2104.14294, after BYOL, https://arxiv.org/abs/2006.07733, appendix B). Where there
 * are not 3 `channels` brightness and contrast are jittered; saturation and hue, which are of colors, are drawn and left as they are.
 */
export function colorJitter(
  pixels: Float32Array,
  rng: Rng,
  options: ColorJitterOptions & { channels?: number } = {},
): Float32Array {
  const { probability = 0.8, brightness = 0.4, contrast = 0.4, saturation = 0.2, hue = 0.1, channels = 3 } = options;
  assertRange('colorJitter', 'probability', probability, 0, 1);
  assertRange('colorJitter', 'hue', hue, 0, 0.5);
  for (const [name, strength] of Object.entries({ brightness, contrast, saturation })) {
    assertRange('colorJitter', name, strength, 0, 10);
  }
  if (rng.uniform() >= probability) return pixels;
  const ofColors = (adjust: typeof adjustHue, amount: number) => channels === 3 && adjust(pixels, amount);
  for (const adjustment of rng.permutation(4)) {
    if (adjustment === 0 && brightness > 0) adjustBrightness(pixels, factor(rng, brightness));
    if (adjustment === 1 && contrast > 0) adjustContrast(pixels, factor(rng, contrast), channels);
    if (adjustment === 2 && saturation > 0) ofColors(adjustSaturation, factor(rng, saturation));
    if (adjustment === 3 && hue > 0) ofColors(adjustHue, hue * (2 * rng.uniform() - 1));
  }
  return pixels;
}

function factor(rng: Rng, strength: number): number {
  const least = Math.max(0, 1 - strength);
  return least + (1 + strength - least) * rng.uniform();
}
