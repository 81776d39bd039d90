// Clipping of each variable's gradient on its own, as DINO and iBOT do.

import { assertRange } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { clipScale } from '../optimizers/global-norm';
import type { GradientTransform } from './gradient-transform';

/**
 * Scales the gradient of each variable to a length of at most `longest`, > 0. Unlike `clipNorm`, which shortens all gradients
 * by one factor, this leaves the small ones as they are when a single one is large.
 *
 * Reference: DINO's clip of 3.0 per parameter, Caron et al., https://arxiv.org/abs/2104.14294
 */
export function clipEachGradient(longest: number): GradientTransform {
  assertRange('clipEachGradient', 'longest', longest, Number.MIN_VALUE, Number.MAX_VALUE);
  return {
    apply: (gradients) =>
      Object.fromEntries(
        Object.entries(gradients).map(([name, gradient]) => {
          const norm = tf.sqrt(tf.sum(tf.square(gradient))) as tf.Scalar;
          return [name, tf.mul(gradient, clipScale(norm, longest))];
        }),
      ),
  };
}
