// Variables with readable names that never collide.

import * as tf from '@tensorflow/tfjs-core';

/**
 * A variable holding `initial`, which is disposed. tfjs refuses a name twice: a second `a/kernel` becomes `a/kernel_1`, an ending
 * that checkpoints leave out. The caller owns it.
 */
export function namedVariable(name: string, initial: tf.Tensor, trainable = true): tf.Variable {
  const taken = tf.engine().registeredVariables;
  let free = name;
  for (let copy = 1; free in taken; copy++) free = `${name}_${copy}`;
  const variable = tf.variable(initial, trainable, free);
  initial.dispose();
  return variable;
}
