// Linear maps over the rows and columns of images, as two products with small constant matrices.

import * as tf from '@tensorflow/tfjs-core';

/** [outputs, inputs], row-major. */
export interface AxisMap {
  matrix: Float32Array;
  inputs: number;
  outputs: number;
}

/** rows · image · columnsᵀ for each channel: `images` [B, H, W, C] → [B, H', W', C]. Differentiable in the images. */
export function separableMap(images: tf.Tensor4D, rows: AxisMap, columns: AxisMap): tf.Tensor4D {
  const [batchSize, , , channels] = images.shape;
  return tf.tidy(() => {
    const lines = tf.reshape(images, [batchSize, rows.inputs, columns.inputs * channels]);
    const tall = tf.matMul(constantMatrix(rows), lines); // [B, H', W·C]
    const slices = tf.reshape(tall, [batchSize * rows.outputs, columns.inputs, channels]);
    const wide = tf.matMul(constantMatrix(columns), slices); // [B·H', W', C]
    return tf.reshape<tf.Rank.R4>(wide, [batchSize, rows.outputs, columns.outputs, channels]);
  });
}

function constantMatrix({ matrix, outputs, inputs }: AxisMap): tf.Tensor3D {
  return tf.tensor3d(matrix, [1, outputs, inputs]);
}
