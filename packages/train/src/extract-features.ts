// Runs a frozen encoder over a data set once, so that every protocol can work on the cached features.

import { assertShape, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { type Compile, runDirectly, type TensorGroup } from './compile';

export interface ExtractFeaturesOptions {
  /** [B, H, W, 3] → [B, D], for example `(images) => encoder.encode(images).classToken`. */
  encode: (images: tf.Tensor4D) => tf.Tensor2D;
  /** Batches in order; the last may be smaller. The images are disposed here. */
  batches: Iterable<LabeledBatch> | AsyncIterable<LabeledBatch>;
  compile?: Compile;
}

export interface LabeledBatch {
  /** [B, H, W, 3] */
  images: tf.Tensor4D;
  /** [B] */
  labels: ArrayLike<number>;
}

export interface ExtractedFeatures {
  /** [n · D] row-major */
  features: Float32Array;
  /** [n] */
  labels: Int32Array;
  /** D */
  width: number;
}

export async function extractFeatures({
  encode,
  batches,
  compile = runDirectly,
}: ExtractFeaturesOptions): Promise<ExtractedFeatures> {
  const run = compile((...inputs: TensorGroup[]): TensorGroup => tf.tidy(() => encode(inputs[0] as tf.Tensor4D)));
  const parts: Float32Array[] = [];
  const labels: number[] = [];
  let width = 0;
  for await (const batch of batches) {
    const encoded = run(batch.images) as tf.Tensor2D;
    batch.images.dispose();
    assertShape(
      'extractFeatures',
      'encode(images)',
      encoded.shape,
      [batch.labels.length, null],
      'one row of features per label',
    );
    width = encoded.shape[1];
    parts.push((await encoded.data()) as Float32Array);
    encoded.dispose();
    labels.push(...Array.from(batch.labels));
  }
  if (parts.length === 0)
    throw new SemmaeError({ where: 'extractFeatures', requirement: 'there must be at least one batch', got: 'none' });
  const features = new Float32Array(labels.length * width);
  parts.reduce((offset, part) => {
    features.set(part, offset);
    return offset + part.length;
  }, 0);
  return { features, labels: Int32Array.from(labels), width };
}
