// A vision transformer as embedder: its vector for the image through an MLP projector.

import { assertInteger } from '@semmae/core';
import type { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { multilayerPerceptron } from './multilayer-perceptron';
import { seededWeights } from './seeded-weights';
import type { ImageEmbedder } from './siamese-model';

export interface ViTEmbedderOptions {
  /** Stays the caller's to dispose; it is the result of the training, the projector is thrown away. */
  encoder: ViTEncoder;
  /** Default 2048. */
  hiddenWidth?: number;
  /** D of the embeddings. Default 128, SimCLR. */
  width?: number;
  /** Of the projector. Default 0. */
  seed?: number;
}

export interface ViTEmbedder extends ImageEmbedder {
  /** D */
  readonly width: number;
  /** Frees the projector. */
  dispose(): void;
}

/** The encoder's `pooled` [B, encoder.width], the class token if it has one → hidden layer with ReLU → [B, D], as SimCLR's projector. */
export function vitEmbedder({ encoder, hiddenWidth = 2048, width = 128, seed = 0 }: ViTEmbedderOptions): ViTEmbedder {
  assertInteger('vitEmbedder', 'hiddenWidth', hiddenWidth);
  assertInteger('vitEmbedder', 'width', width);
  const weights = seededWeights('projector', seed);
  const project = multilayerPerceptron({ weights, name: 'mlp', widths: [encoder.width, hiddenWidth, width] });
  return {
    width,
    variables: () => [...encoder.variables(), ...weights.all()],
    embed: (images) => tf.tidy(() => project(encoder.encode(images).pooled)),
    dispose: weights.dispose,
  };
}
