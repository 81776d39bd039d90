// Replaces masked patches by a token where they stand, as SimMIM, BEiT and iBOT do.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { assertTokens } from './assert-tokens';

/**
 * `tokens` [B, N, D] with `token` ([D] or [1, 1, D]) where `hidden` [B, N] is 1 (or true): (1 − h) · tokens + h · token.
 * `hidden` is `maskTensors(batch).hidden`, or any 0/1 tensor of yours; do not differentiate with respect to it.
 *
 * Reference: Xie et al., "SimMIM: A Simple Framework for Masked Image Modeling", §3.2, https://arxiv.org/abs/2111.09886
 */
export function replaceWithMaskToken(tokens: tf.Tensor3D, hidden: tf.Tensor2D, token: tf.Tensor): tf.Tensor3D {
  const [batchSize, patchCount, width] = tokens.shape;
  assertTokens('replaceWithMaskToken', 'hidden', hidden, [batchSize, patchCount]);
  assertShape('replaceWithMaskToken', 'token', [token.size], [width], 'one value per channel of the tokens');
  return tf.tidy(() => {
    const isHidden = tf.reshape(tf.cast(hidden, 'float32'), [batchSize, patchCount, 1]);
    const kept = tf.mul(tokens, tf.sub(1, isHidden));
    return tf.add(kept, tf.mul(isHidden, tf.reshape(token, [1, 1, width])));
  });
}
