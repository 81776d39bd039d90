// One vector for an image: what embeddings are, and what probes read.

import { assertOneOf, stackRows } from '@semmae/core';
import type { LabeledImage } from '@semmae/data';
import type { Compile } from '@semmae/train';
import type { ViTEncoder } from '@semmae/vit';

import { featureExtractor } from './feature-extractor';
import { type FeatureGeometry, featureGeometry, type GeometryOptions } from './feature-geometry';
import { meanToken } from './mean-token';

/**
 * The class token (MAE, DINO), the mean of the patch tokens, or one after the other (iBOT's protocol for ViT-B,
 * https://arxiv.org/abs/2111.07832). All after the final norm.
 */
export type Pooling = 'class' | 'mean' | 'both';
export const poolings: readonly Pooling[] = ['class', 'mean', 'both'];

export interface PooledExtractorOptions extends Pick<GeometryOptions, 'imageSize'> {
  encoder: ViTEncoder;
  /** Default 'class'. */
  pooling?: Pooling;
  compile?: Compile;
}

export interface PooledExtractor {
  readonly pooling: Pooling;
  readonly geometry: FeatureGeometry;
  /** Values of an image: the width of the encoder, or twice that. */
  readonly width: number;
  /** One row for each image, from the tokens of `featureExtractor`. */
  encode(images: readonly LabeledImage[]): Promise<Float32Array[]>;
  dispose(): void;
}

export function pooledExtractor({
  encoder,
  pooling = 'class',
  imageSize,
  compile,
}: PooledExtractorOptions): PooledExtractor {
  assertOneOf('features', 'pooling', pooling, poolings);
  const geometry = featureGeometry(encoder, { imageSize });
  const { channels, encode, dispose } = featureExtractor({ encoder, geometry, compile });
  return {
    pooling,
    geometry,
    width: pooling === 'both' ? 2 * channels : channels,
    async encode(images) {
      return (await encode(images)).map(({ classToken, patchTokens }) => {
        if (pooling === 'class') return classToken;
        const mean = meanToken(patchTokens, channels);
        return pooling === 'mean' ? mean : stackRows([classToken, mean]);
      });
    },
    dispose,
  };
}
