// Names for variables that are the same in every process, so that a checkpoint finds its weights again.

import type * as tf from '@tensorflow/tfjs-core';

/**
 * tfjs makes names unique per process: the second model's `blocks.0.norm.gain` becomes `blocks.0.norm.gain_1`, and nameless
 * variables are called by a running number. This removes what depends on history: such endings fall away, nameless variables
 * become `variable`, and what is then equal is numbered in the order given.
 */
export function stableNames(variables: readonly Pick<tf.Variable, 'name'>[]): string[] {
  const seen = new Map<string, number>();
  return variables.map(({ name }) => {
    const plain = /^\d+$/.test(name) ? 'variable' : name.replace(/_\d+$/, '');
    const count = seen.get(plain) ?? 0;
    seen.set(plain, count + 1);
    return count === 0 ? plain : `${plain}#${count}`;
  });
}
