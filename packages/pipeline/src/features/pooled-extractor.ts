// One vector for an image: what embeddings are, and what probes read.

import { assertOneOf, stackRows } from '@semmae/core';
import type { LabeledImage } from '@semmae/data';
import type { Compile } from '@semmae/train';
import type { EncoderModel } from '../models/encoder-file';
import { type LoadEncoderOptions, loadEncoder } from '../models/load-model';
import { featureExtractor } from './feature-extractor';
import { type FeatureGeometry, featureGeometry, type PreprocessingOptions } from './feature-geometry';
import { meanToken } from './mean-token';

/**
 * 'class' is `pooled` of the encoder: the class token (MAE, DINO), where there is none the mean patch token, with a distillation token
 * (DeiT) the mean of both. 'mean' is the mean patch token; 'both' is one after the other (iBOT's protocol for ViT-B,
 * https://arxiv.org/abs/2111.07832). All after the final norm.
 */
export type Pooling = 'class' | 'mean' | 'both';
export const poolings: readonly Pooling[] = ['class', 'mean', 'both'];

/** A bare `{ encoder }` will do where nothing else is known of it. */
export type EmbeddingModel = Pick<EncoderModel, 'encoder'> & Partial<EncoderModel>;

export interface PooledExtractorOptions extends PreprocessingOptions, LoadEncoderOptions {
  /** A model, or by path what `loadEncoder` takes. */
  model: string | EmbeddingModel;
  /** Default 'class'. */
  pooling?: Pooling;
  compile?: Compile;
}

export interface PooledExtractor {
  readonly model: EmbeddingModel;
  readonly pooling: Pooling;
  readonly geometry: FeatureGeometry;
  /** Values of an image: the width of the encoder, or twice that. */
  readonly width: number;
  /** One row for each image, from the tokens of `featureExtractor`. */
  encode(images: readonly LabeledImage[]): Promise<Float32Array[]>;
  /** Frees the model, too, where it was loaded here. */
  dispose(): void;
}

export async function pooledExtractor(options: PooledExtractorOptions): Promise<PooledExtractor> {
  const { model: named, pooling = 'class', compile } = options;
  assertOneOf('features', '`pooling`', pooling, poolings);
  const model = typeof named === 'string' ? await loadEncoder(named, options) : named;
  const geometry = featureGeometry(model, options);
  const { channels, encode, dispose } = featureExtractor({ encoder: model.encoder, geometry, compile });
  return {
    model,
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
    dispose() {
      dispose();
      if (typeof named === 'string') model.encoder.dispose();
    },
  };
}
