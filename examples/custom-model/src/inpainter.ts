// Somebody else's model: a small multilayer perceptron over the whole image, built with tfjs-layers alone.

import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

import { grid, patchPixels } from './scenes';

const hiddenUnits = 64;

/**
 * [B, N, p*p + 1] (pixels with masked patches zeroed, and 1 where a patch is masked) to the pixels of every patch
 * [B, N, p*p]. Masked patches stay in place and are replaced, as in SimMIM, so the model need not be a transformer.
 */
export function createInpainter(seed: number): LayersModel {
  const dense = (units: number, layer: number, activation: 'relu' | 'linear') =>
    layers.dense({ units, activation, kernelInitializer: initializers.glorotUniform({ seed: seed + layer }) });
  return sequential({
    layers: [
      layers.flatten({ inputShape: [grid.patchCount, patchPixels + 1] }),
      dense(hiddenUnits, 0, 'relu'),
      dense(hiddenUnits, 1, 'relu'),
      dense(grid.patchCount * patchPixels, 2, 'linear'),
      layers.reshape({ targetShape: [grid.patchCount, patchPixels] }),
    ],
  });
}

/** Mean squared error over the masked patches only. patches [B, N, p*p], masked [B, N, 1]. */
export function inpaintingLoss(model: LayersModel, patches: tf.Tensor3D, masked: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => {
    const input = tf.concat([tf.mul(patches, tf.sub(1, masked)), masked], 2);
    const error = tf.squaredDifference(model.apply(input, { training: true }) as tf.Tensor3D, patches);
    return tf.div(tf.sum(tf.mul(error, masked)), tf.mul(tf.sum(masked), patchPixels)) as tf.Scalar;
  });
}
