// Which variables weight decay pulls towards zero.

import type * as tf from '@tensorflow/tfjs-core';

/**
 * MAE's rule: vectors and biases are exempt (they are gains, offsets and norms), everything else decays. Class and mask tokens
 * are [1, 1, D] and therefore DO decay in pre-training, as in the paper's code; fine-tuning exempts them.
 *
 * A trailing `_1`, `_2`, … is what tfjs appends to make a name unique, so it does not hide a bias.
 */
export function decaysInPreTraining(variable: Pick<tf.Variable, 'name' | 'shape'>): boolean {
  return variable.shape.length > 1 && !/bias(_\d+)?$/.test(variable.name);
}
