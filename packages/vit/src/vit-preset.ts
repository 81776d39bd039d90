// The published ViT sizes.

import { assertOneOf, type PatchSize } from '@semmae/core';

import type { ViTEncoderConfig } from './vit-encoder-config';

export type ViTPresetName = keyof typeof presets;

/** Table 1 of "An Image Is Worth 16x16 Words" (https://arxiv.org/abs/2010.11929); tiny and small from DeiT (https://arxiv.org/abs/2012.12877), Table 1. */
const presets = {
  tiny: { width: 192, depth: 12, heads: 3 },
  small: { width: 384, depth: 12, heads: 6 },
  base: { width: 768, depth: 12, heads: 12 },
  large: { width: 1024, depth: 24, heads: 16 },
  huge: { width: 1280, depth: 32, heads: 16 },
} as const;

export interface ViTPresetOptions extends Partial<Omit<ViTEncoderConfig, 'imageHeight' | 'imageWidth' | 'patchSize'>> {
  /** Side of square images, or [height, width], in pixels. */
  imageSize: number | readonly [height: number, width: number];
  /** Sides of a patch in pixels; must divide those of the image. */
  patchSize: PatchSize;
}

/** A `ViTEncoderConfig` of a published size; anything given in the options replaces the preset's value. */
export function vitPreset(name: ViTPresetName, { imageSize, ...options }: ViTPresetOptions): ViTEncoderConfig {
  assertOneOf('vitPreset', 'name', name, Object.keys(presets) as ViTPresetName[]);
  const [imageHeight, imageWidth] = typeof imageSize === 'number' ? [imageSize, imageSize] : imageSize;
  return { ...presets[name], ...options, imageHeight, imageWidth };
}
