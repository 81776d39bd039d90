// Trainable variables with readable names that never collide.

import * as tf from '@tensorflow/tfjs-core';

/** A variable holding `initial`, which is disposed. tfjs refuses a name twice: a second `a/kernel` becomes `a/kernel_1`. */
export function namedVariable(name: string, initial: tf.Tensor): tf.Variable {
  const taken = tf.engine().registeredVariables;
  let free = name;
  for (let copy = 1; free in taken; copy++) free = `${name}_${copy}`;
  const variable = tf.variable(initial, true, free);
  initial.dispose();
  return variable;
}
