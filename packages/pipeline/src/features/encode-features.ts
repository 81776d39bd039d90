// Features of a data set for programs: every image once, in order.

import type { ImageDataset } from '@semmae/data';
import type { PreprocessedModel } from '../models/preprocessing-of';
import type { StageOptions } from '../runs/stage-options';
import { featureExtractor, type ImageFeatures } from './feature-extractor';
import { type FeatureGeometry, featureGeometry, type GeometryOptions } from './feature-geometry';
import { imageBatches, imagesOf } from './image-batches';
import type { TokenSource } from './token-choices';

export interface EncodeFeaturesOptions extends GeometryOptions, StageOptions {
  /** Default 'output': the last block after its norm. 'qk': its query of the class token and keys of the patches. */
  tokens?: TokenSource;
  /** Whether to encode the mirror images instead. Default false. */
  mirrored?: boolean;
  /** Default 16. */
  batchSize?: number;
}

export interface EncodedFeatures {
  /** In the order of the data set, with the attention of each head. */
  features: ImageFeatures[];
  /** Where each image lies in the data set: images that cannot be read are left out. */
  indices: number[];
  geometry: FeatureGeometry;
  imagesPerSecond: number;
}

/** Class token, patch tokens and per-head attention of every image that can be read, in batches. */
export async function encodeFeatures(
  model: PreprocessedModel,
  images: ImageDataset,
  options: EncodeFeaturesOptions = {},
): Promise<EncodedFeatures> {
  const { tokens, mirrored = false, compile } = options;
  const { encoder } = model;
  const geometry = featureGeometry(model, options);
  const extractor = featureExtractor({ encoder, geometry, tokens, attention: true, compile });
  const features: ImageFeatures[] = [];
  const indices: number[] = [];
  const began = performance.now();
  try {
    for await (const batch of imageBatches(images, options)) {
      features.push(...(await extractor.encode(imagesOf(batch), mirrored)));
      indices.push(...batch.map(({ index }) => index));
    }
  } finally {
    extractor.dispose();
  }
  return { features, indices, geometry, imagesPerSecond: (1000 * features.length) / (performance.now() - began) };
}
