// Picks rows by per-image patch index.

import * as tf from '@tensorflow/tfjs-core';

/**
 * The rows that `indices` name, image by image: `patches` [B, N, D], `indices` [B, K] in 0 … N − 1 → [B·K, D].
 *
 * Runs as one gather over the flattened batch: tfjs unrolls the gradient of a batched gather into slices per image.
 */
export function gatherPatches(patches: tf.Tensor3D, indices: tf.Tensor2D): tf.Tensor2D {
  const [batchSize, patchCount, valuesPerPatch] = patches.shape;
  const firstRows = tf.tensor2d(
    Int32Array.from({ length: batchSize }, (_, image) => image * patchCount),
    [batchSize, 1],
    'int32',
  );
  const rows = tf.reshape(tf.add(indices, firstRows), [batchSize * indices.shape[1]]); // [B·K]
  return tf.gather(tf.reshape<tf.Rank.R2>(patches, [batchSize * patchCount, valuesPerPatch]), rows as tf.Tensor1D);
}

/** Index inputs of a `tf.model()` are float32 unless their dtype is given; gathers need int32. */
export function asIndices(indices: tf.Tensor): tf.Tensor2D {
  return (indices.dtype === 'int32' ? indices : tf.cast(indices, 'int32')) as tf.Tensor2D;
}
