// A patch embedding for images of another number of channels.

import { assertInteger, assertShape, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * `kernel` [h·w·C, D] of `patch_embed.proj` for `from` channels → [h·w·C', D] for `to` channels, as timm's `in_chans` adapts weights of
 * RGB: to one channel the weights of all are added, which sees a gray image as before; to more or fewer they are repeated in turn, times
 * `from / to`, which keeps the size of what comes out.
 *
 * Reference: `adapt_input_conv` of timm, https://github.com/huggingface/pytorch-image-models
 */
export function adaptPatchChannels(kernel: tf.Tensor2D, { from, to }: { from: number; to: number }): tf.Tensor2D {
  const where = 'adaptPatchChannels';
  assertInteger(where, 'from', from);
  assertInteger(where, 'to', to);
  assertShape(where, 'kernel', kernel.shape, [null, null]);
  const [values, width] = kernel.shape;
  if (values % from !== 0) {
    throw new SemmaeError({
      where,
      requirement: `the first axis of kernel must be a multiple of ${from}`,
      got: values,
    });
  }
  const pixels = values / from;
  return tf.tidy(() => {
    if (from === to) return tf.clone(kernel);
    const byChannel = tf.reshape<tf.Rank.R3>(kernel, [pixels, from, width]);
    if (to === 1) return tf.sum<tf.Tensor2D>(byChannel, 1);
    const turn = tf.tensor1d(
      Array.from({ length: to }, (_, channel) => channel % from),
      'int32',
    );
    return tf.reshape(tf.mul(tf.gather(byChannel, turn, 1), from / to), [pixels * to, width]);
  });
}
