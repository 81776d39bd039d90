// The smallest encoder and data set that every stage works on; sides differ, so that no transposed axis passes.

import '@tensorflow/tfjs-backend-cpu';

import { type PartDataset, partDataset } from '@semmae/data';
import { ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';

import type { EncoderModel, EncoderProvenance } from '../models/encoder-file';

export const imageSize = { height: 20, width: 28 };

/** 5 x 7 patches of 4 pixels, 3 heads. */
export function tinyEncoder(config: Partial<ViTEncoderConfig> = {}): ViTEncoder {
  const { height: imageHeight, width: imageWidth } = imageSize;
  const encoder = new ViTEncoder({ imageHeight, imageWidth, patchSize: 4, width: 12, depth: 2, heads: 3, ...config });
  encoder.variables();
  return encoder;
}

export const provenance: EncoderProvenance = {
  recipe: 'none',
  data: 'nothing',
  imageCount: 0,
  seed: 3,
  steps: 0,
  imageSize,
  role: 'teacher',
};

export function tinyModel(config: Partial<ViTEncoderConfig> = {}): EncoderModel {
  const { seed = 0 } = config;
  return { encoder: tinyEncoder(config), id: `tiny ${seed}`, hash: String(seed).repeat(64).slice(0, 64), provenance };
}

/** Images with masks. */
export function tinyData(count = 13): PartDataset {
  return partDataset({ seed: 5, count, ...imageSize });
}
