// Linear maps over the rows and columns of images, as two products with small constant matrices.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { AxisMap } from './axis-map';

/**
 * rows · image · columnsᵀ for each channel: `images` [B, H, W, C] → [B, H', W', C]. Differentiable in the images on every backend,
 * which mirrored padding, gathers and resizing are not. Dense along each axis: made for patch grids, not for megapixels.
 */
export function separableMap(images: tf.Tensor4D, rows: AxisMap, columns: AxisMap): tf.Tensor4D {
  assertShape('separableMap', 'images', images.shape, [null, rows.inputs, columns.inputs, null]);
  const [batchSize, , , channels] = images.shape;
  const shape: [number, number, number, number] = [batchSize, rows.outputs, columns.outputs, channels];
  return tf.tidy(() => {
    if (channels === 1) {
      // Columns lie side by side only here: all lines of all images are then one large product.
      const lines = tf.reshape<tf.Rank.R2>(images, [batchSize * rows.inputs, columns.inputs]);
      const wide = tf.matMul(lines, tf.tensor2d(columns.matrix, [columns.outputs, columns.inputs]), false, true); // [B·H, W']
      return tf.reshape(
        tf.matMul(constantMatrix(rows), tf.reshape(wide, [batchSize, rows.inputs, columns.outputs])),
        shape,
      );
    }
    const lines = tf.reshape(images, [batchSize, rows.inputs, columns.inputs * channels]);
    const tall = tf.matMul(constantMatrix(rows), lines); // [B, H', W·C]
    const slices = tf.reshape(tall, [batchSize * rows.outputs, columns.inputs, channels]);
    return tf.reshape(tf.matMul(constantMatrix(columns), slices), shape); // [B·H', W', C]
  });
}

function constantMatrix({ matrix, outputs, inputs }: AxisMap): tf.Tensor3D {
  return tf.tensor3d(matrix, [1, outputs, inputs]);
}
