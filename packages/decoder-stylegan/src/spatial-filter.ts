// Linear maps over rows and columns of small images: reflect padding and large-kernel blurs as two matrix products.
//
// tf.mirrorPad cannot be trained through: its gradient in tfjs drops what the mirrored border contributes.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/** out = rows * image * columns^T for each channel. */
export interface SpatialFilter {
  /** [B, H, W, C] -> [B, H', W', C]; differentiable in the images. */
  apply(images: tf.Tensor4D): tf.Tensor4D;
  dispose(): void;
}

/** Output position i takes `weights[i][j]` of input position j. */
export type FilterMatrix = readonly (readonly number[])[];

/** The separable filter with `rows` [H', H] acting along the height and `columns` [W', W] along the width. */
export function spatialFilter(rows: FilterMatrix, columns: FilterMatrix): SpatialFilter {
  const [rowMatrix, columnMatrix] = [rows, columns].map(constantMatrix) as [tf.Tensor3D, tf.Tensor3D];
  const [, outputHeight, inputHeight] = rowMatrix.shape;
  const [, outputWidth, inputWidth] = columnMatrix.shape;
  return {
    apply(images) {
      assertShape('spatialFilter', 'images', images.shape, [null, inputHeight, inputWidth, null]);
      const [batch, , , channels] = images.shape;
      return tf.tidy(() => {
        const lines = tf.reshape(images, [batch, inputHeight, inputWidth * channels]);
        const tall = tf.matMul(rowMatrix, lines); // [B, H', W*C]
        const slices = tf.reshape(tall, [batch * outputHeight, inputWidth, channels]);
        const wide = tf.matMul(columnMatrix, slices); // [B*H', W', C]
        return tf.reshape(wide, [batch, outputHeight, outputWidth, channels]);
      });
    },
    dispose() {
      rowMatrix.dispose();
      columnMatrix.dispose();
    },
  };
}

function constantMatrix(weights: FilterMatrix): tf.Tensor3D {
  return tf.keep(tf.tensor3d(weights.flat(), [1, weights.length, weights[0]!.length]));
}
