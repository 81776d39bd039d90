// A trainable factor on the logits of Eq. 2 that can neither flatten nor saturate the softmax.

import { assertRange } from '@semmae/core';
import { namedVariable } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';

/** The factor stays between 1 / `reach` and `reach` times 1 / sqrt(d). */
const reach = 4;

export interface LearnedTemperature {
  /** The logarithm of the factor, a scalar. */
  readonly variable: tf.Variable;
  /** The factor, within [1 / (4 sqrt(d)), 4 / sqrt(d)]; differentiable. */
  value(): tf.Scalar;
}

/** Starts at `initial`, which must lie in the range. `width` is d, the width of the projection. */
export function learnedTemperature(name: string, initial: number, width: number): LearnedTemperature {
  const [lowest, highest] = [1 / (reach * Math.sqrt(width)), reach / Math.sqrt(width)];
  // 1e-6: the bounds themselves are good starts, whichever way they were rounded.
  assertRange('learnedTemperature', 'temperature', initial, lowest * (1 - 1e-6), highest * (1 + 1e-6));
  const variable = namedVariable(name, tf.scalar(Math.log(initial)));
  return {
    variable,
    value: () => tf.tidy(() => tf.exp(clampReturning(variable, Math.log(lowest), Math.log(highest))) as tf.Scalar),
  };
}

/**
 * Clamps, with a gradient that survives outside the range where it leads back in. The gradient of tf.clipByValue is zero
 * there: a value that momentum has carried over the edge would stay for ever.
 */
function clampReturning(value: tf.Tensor, lowest: number, highest: number): tf.Tensor {
  const clamp = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([x]);
    return {
      value: tf.clipByValue(x, lowest, highest),
      gradFunc: (upstream, saved) => {
        const [x] = saved as [tf.Tensor];
        // Descent goes against the gradient: down from above the range, up from below it.
        const blockedAbove = tf.logicalAnd(tf.greater(x, highest), tf.less(upstream, 0));
        const blockedBelow = tf.logicalAnd(tf.less(x, lowest), tf.greater(upstream, 0));
        const open = tf.cast(tf.logicalNot(tf.logicalOr(blockedAbove, blockedBelow)), 'float32');
        return tf.mul(upstream, open);
      },
    };
  });
  return clamp(value);
}
