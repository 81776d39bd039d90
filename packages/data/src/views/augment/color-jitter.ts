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

/** What one view's colors are changed by, in this order. */
export type ColorChange = readonly [adjustment: 'brightness' | 'contrast' | 'saturation' | 'hue', amount: number];

const adjustments = ['brightness', 'contrast', 'saturation', 'hue'] as const;

/** Draws the changes of `colorJitter`; none for the share of views that stay as they are. */
export function drawColorJitter(rng: Rng, options: ColorJitterOptions = {}): ColorChange[] {
  const { probability = 0.8, brightness = 0.4, contrast = 0.4, saturation = 0.2, hue = 0.1 } = options;
  const strengths = { brightness, contrast, saturation };
  assertRange('colorJitter', 'probability', probability, 0, 1);
  assertRange('colorJitter', 'hue', hue, 0, 0.5);
  for (const [name, strength] of Object.entries(strengths)) assertRange('colorJitter', name, strength, 0, 10);
  if (rng.uniform() >= probability) return [];
  return Array.from(rng.permutation(4), (place): ColorChange[] => {
    const adjustment = adjustments[place]!;
    if (adjustment === 'hue') return hue > 0 ? [[adjustment, hue * (2 * rng.uniform() - 1)]] : [];
    const strength = strengths[adjustment];
    return strength > 0 ? [[adjustment, factor(rng, strength)]] : [];
  }).flat();
}

/** Applies them to `pixels` in place. Saturation and hue, which are of colors, are left as they are where there are not 3 channels. */
export function changeColors(pixels: Float32Array, changes: readonly ColorChange[], channels = 3): Float32Array {
  for (const [adjustment, amount] of changes) {
    if (adjustment === 'brightness') adjustBrightness(pixels, amount);
    else if (adjustment === 'contrast') adjustContrast(pixels, amount, channels);
    else if (channels === 3) (adjustment === 'hue' ? adjustHue : adjustSaturation)(pixels, amount);
  }
  return pixels;
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
  return changeColors(pixels, drawColorJitter(rng, options), options.channels);
}

function factor(rng: Rng, strength: number): number {
  const least = Math.max(0, 1 - strength);
  return least + (1 + strength - least) * rng.uniform();
}
