// What keeps a mask from hiding everything or nothing.

import * as tf from '@tensorflow/tfjs-core';

import { detached } from './detached';

/** Keeps the penalty finite, ADIOS. */
const floor = 1e-10;
/** Shares are clamped to [1e-6, 1 - 1e-6], where the penalty is 3.2e5. */
const smallestShare = 1e-6;

/**
 * Σₙ of the batch's mean of 1 / (sin(π s) + 1e-10), from the shares s [B, J] of the image that each mask hides, in [0, 1]. Convex, and
 * least at equal shares: J / sin(π / J).
 *
 * In float32 sin(π) is -8.7e-8, which would turn the penalty of a full mask into a reward of 1e7: the sine is taken of the
 * nearer of s and 1 - s instead, clamped. The gradient is that at the clamped share, so that it leads back inside from 0 and 1.
 *
 * Reference: Shi et al., "Adversarial Masking for Self-Supervised Learning", https://arxiv.org/abs/2201.13100
 */
export function sparsityPenalty(shares: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const inside = tf.clipByValue(shares, smallestShare, 1 - smallestShare);
    const clamped = tf.add(shares, detached(tf.sub(inside, shares))); // the value of `inside`, the gradient of `shares`
    const fromEdge = tf.minimum(clamped, tf.sub(1, clamped)); // in [1e-6, 0.5], with the same sine
    const penalties = tf.div(1, tf.add(tf.sin(tf.mul(fromEdge, Math.PI)), floor)); // [B, J]
    return tf.sum(tf.mean(penalties, 0)) as tf.Scalar;
  });
}
