// A tensor that no gradient passes.

import * as tf from '@tensorflow/tfjs-core';

/** The value of `x`; what was computed from it gets gradients only where it does not come from here. */
export function detached<T extends tf.Tensor>(x: T): T {
  return withoutGradient(x) as T;
}

const withoutGradient = tf.customGrad((...inputs) => {
  const [x] = inputs as [tf.Tensor];
  return { value: tf.clone(x), gradFunc: (upstream) => tf.zerosLike(upstream) };
});
