// Trainable variables whose first values depend on a seed and a name only, never on the order of construction.

import type { Rng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { type InitialValues, normal } from './initial-values';
import { namedVariable } from './named-variable';

export interface SeededVariableOptions {
  /** Names the variable and its random stream: `decoder/stem/kernel`. */
  name: string;
  shape: readonly number[];
  /** The owner's stream; the variable draws from `rng.split(name)`. */
  rng: Rng;
  /** Default: standard normal. */
  values?: InitialValues;
}

/** A float32 variable of `shape`. The caller owns it and disposes it. */
export function seededVariable({ name, shape, rng, values = normal(1) }: SeededVariableOptions): tf.Variable {
  return namedVariable(name, tf.tensor(values(shape, rng.split(name)), [...shape], 'float32'));
}
