// Values that no gradient passes.

import * as tf from '@tensorflow/tfjs-core';

/** The value of `x`; what was computed from it gets gradients only where it does not come from here. */
export function detached<T extends tf.Tensor>(x: T): T {
  return withoutGradient((value) => tf.clone(value))(x) as T;
}

/**
 * The same function, without a gradient in its input or in the variables it reads. Nothing of it is put on the tape, so that no
 * backward pass goes through it either, as it would behind `detached`.
 */
export function withoutGradient<Input extends tf.Tensor, Output extends tf.Tensor>(
  compute: (input: Input) => Output,
): (input: Input) => Output {
  const run = tf.customGrad((...inputs) => {
    const [input] = inputs as [Input];
    return { value: compute(input), gradFunc: () => tf.zerosLike(input) };
  });
  return (input) => run(input) as Output;
}
