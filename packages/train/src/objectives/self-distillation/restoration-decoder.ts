// The image decoder of MST, as light as it can be: one linear layer from a patch token to the pixels of the patch.

import { createRng, type PatchSize, patchSides } from '@semmae/core';
import { patchify } from '@semmae/vit';
import { namedVariable, xavierUniform } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';

export interface RestorationDecoderOptions {
  /** D of the tokens. */
  width: number;
  /** Pixels. */
  patchSize: PatchSize;
  /** Default 3. */
  channels?: number;
  seed?: number;
}

export interface RestorationDecoder {
  variables(): tf.Variable[];
  /** Mean absolute error over all pixels of `images` [V, H, W, C], hidden and seen, from the student's tokens [V, N, D]. */
  loss(tokens: tf.Tensor3D, images: tf.Tensor4D): tf.Scalar;
  dispose(): void;
}

/**
 * Restores the whole view from the student's patch tokens, which keeps the features of hidden patches local.
 *
 * MST restores by convolutions and its code was never published; decoder, loss and weight are our choice. A linear layer costs
 * next to nothing, and the encoder has mixed the patches before.
 *
 * Reference: Li et al., "MST: Masked Self-Supervised Transformer for Visual Representation", §3.3, https://arxiv.org/abs/2106.05656
 */
export function restorationDecoder({
  width,
  patchSize,
  channels = 3,
  seed = 0,
}: RestorationDecoderOptions): RestorationDecoder {
  const { height, width: patchWidth } = patchSides(patchSize);
  const pixels = height * patchWidth * channels;
  const start = xavierUniform([width, pixels], createRng(seed).split('restoration'));
  const kernel = namedVariable('restoration.kernel', tf.tensor2d(start, [width, pixels]));
  const bias = namedVariable('restoration.bias', tf.zeros([pixels]));
  return {
    variables: () => [kernel, bias],
    loss: (tokens, images) =>
      tf.tidy(() => {
        const target = patchify(images, patchSize); // [V, N, p·p·C]
        const rows = tf.reshape<tf.Rank.R2>(tokens, [-1, width]);
        const restored = tf.add(tf.matMul(rows, kernel as tf.Tensor as tf.Tensor2D), bias); // [V·N, p·p·C]
        return tf.mean(tf.abs(tf.sub(restored, tf.reshape(target, restored.shape)))) as tf.Scalar;
      }),
    dispose: () => tf.dispose([kernel, bias]),
  };
}
