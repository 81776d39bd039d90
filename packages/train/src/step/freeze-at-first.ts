// Variables that stay as they are for the first steps, such as the prototypes of a self-distillation head.

import { assertInteger } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { GradientTransform } from './gradient-transform';

export interface FreezeAtFirstOptions {
  variables: readonly tf.Variable[];
  /** Updates for which they are frozen, at least 0. */
  steps: number;
}

/**
 * Gradients of `variables` are zero for the first `steps` updates. AdamW's moments then stay zero and only weight decay moves the
 * variables. The optimizer counts these updates for its bias correction all the same, so with β₂ = 0.999 the first updates
 * afterwards are a few times larger than a fresh optimizer's: let the freeze end within the warm-up.
 */
export function freezeAtFirst({ variables, steps }: FreezeAtFirstOptions): GradientTransform {
  assertInteger('freezeAtFirst', 'steps', steps, { least: 0 });
  const frozen = new Set(variables.map(({ name }) => name));
  return {
    scalars: ({ step }) => ({ thawed: step > steps ? 1 : 0 }),
    apply: (gradients, { thawed }) =>
      Object.fromEntries(
        Object.entries(gradients).map(([name, gradient]) => [
          name,
          frozen.has(name) ? tf.mul(gradient, thawed!) : gradient,
        ]),
      ),
  };
}
