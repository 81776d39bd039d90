// Somebody else's model: a small MLP-mixer that fills in masked patches, written in plain tfjs and channels first.

import * as tf from '@tensorflow/tfjs-core';

export interface MixerSize {
  /** N */
  patches: number;
  /** P */
  pixels: number;
  /** D */
  channels: number;
  /** Hidden units where patches are mixed. */
  hidden: number;
}

export interface Mixer {
  weights: tf.Variable[];
  /** `pixels` [B, P, N] and `mask` [B, 1, N], 1 where a patch is hidden → the pixels of all patches, [B, P, N]. */
  fillIn(pixels: tf.Tensor3D, mask: tf.Tensor3D): tf.Tensor3D;
  dispose(): void;
}

/** Hidden patches keep their place and carry one learned token, as in SimMIM. */
export function createMixer({ patches, pixels, channels, hidden }: MixerSize, seed: number): Mixer {
  const weights: tf.Variable[] = [];
  const weight = (shape: number[], deviation: number) => {
    const values = tf.randomNormal(shape, 0, deviation, 'float32', seed + weights.length);
    weights.push(tf.variable(values));
    values.dispose();
    return weights.at(-1)!;
  };
  const embedding = weight([pixels, channels], 1 / Math.sqrt(pixels)) as tf.Tensor2D;
  const token = weight([1, channels, 1], 0.02);
  const positions = weight([1, channels, patches], 0.02);
  const gather = weight([patches, hidden], 1 / Math.sqrt(patches)) as tf.Tensor2D;
  const spread = weight([hidden, patches], 0.3 / Math.sqrt(hidden)) as tf.Tensor2D;
  const widen = weight([channels, 2 * channels], 1 / Math.sqrt(channels)) as tf.Tensor2D;
  const narrow = weight([2 * channels, channels], 0.3 / Math.sqrt(channels)) as tf.Tensor2D;
  const head = weight([channels, pixels], 1 / Math.sqrt(channels)) as tf.Tensor2D;

  return {
    weights,
    fillIn(input, mask) {
      const embedded = mixChannels(input, embedding); // [B, D, N]
      const shown = tf.add(tf.mul(embedded, tf.sub(1, mask)), tf.mul(token, mask)); // one token where it is hidden
      const placed = tf.add<tf.Tensor3D>(shown, positions);
      const patchwise = tf.add<tf.Tensor3D>(placed, mixPatches(tf.relu(mixPatches(placed, gather)), spread));
      const mixed = tf.add<tf.Tensor3D>(patchwise, mixChannels(tf.relu(mixChannels(patchwise, widen)), narrow));
      return mixChannels(mixed, head);
    },
    dispose: () => tf.dispose(weights),
  };
}

/** Mean squared error over the pixels of hidden patches. `pixels` [B, P, N], `mask` [B, 1, N]. */
export function fillInLoss(mixer: Mixer, pixels: tf.Tensor3D, mask: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => {
    const error = tf.squaredDifference(mixer.fillIn(pixels, mask), pixels);
    return tf.div<tf.Scalar>(tf.sum(tf.mul(error, mask)), tf.mul(tf.sum(mask), pixels.shape[1]));
  });
}

/** [B, C, N] · [N, M] → [B, C, M] */
function mixPatches(x: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor3D {
  const [batchSize, channels, patches] = x.shape;
  const rows: tf.Tensor2D = tf.reshape(x, [batchSize * channels, patches]);
  return tf.reshape(tf.matMul(rows, weights), [batchSize, channels, weights.shape[1]]);
}

/** [B, C, N], [C, D] → [B, D, N] */
function mixChannels(x: tf.Tensor3D, weights: tf.Tensor2D): tf.Tensor3D {
  const [batchSize, channels, patches] = x.shape;
  const rows: tf.Tensor2D = tf.reshape(tf.transpose(x, [0, 2, 1]), [batchSize * patches, channels]);
  const mixed: tf.Tensor3D = tf.reshape(tf.matMul(rows, weights), [batchSize, patches, weights.shape[1]]);
  return tf.transpose(mixed, [0, 2, 1]);
}
