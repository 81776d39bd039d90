// The encoder and decoder of a preset.

import { createPatchGrid, type PatchGrid } from '@semmae/core';
import { MAEDecoder, ViTEncoder } from '@semmae/vit';

import type { Preset } from './presets';

export interface MAEModel {
  encoder: ViTEncoder;
  decoder: MAEDecoder;
  dispose(): void;
}

export function gridOf({ imageSize, patchSize }: Preset): PatchGrid {
  return createPatchGrid(imageSize / patchSize, imageSize / patchSize);
}

/** The same seed gives the same initial weights, whatever strategy will train them. */
export function createModel(preset: Preset, seed: number): MAEModel {
  const { imageSize, patchSize } = preset;
  const encoder = new ViTEncoder({ ...preset.encoder, imageHeight: imageSize, imageWidth: imageSize, patchSize, seed });
  const decoder = new MAEDecoder({
    ...preset.decoder,
    grid: encoder.grid,
    patchSize,
    encoderWidth: encoder.width,
    seed,
  });
  return {
    encoder,
    decoder,
    dispose() {
      encoder.dispose();
      decoder.dispose();
    },
  };
}
