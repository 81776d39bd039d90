// Trainable variables whose first values depend on a seed and a name only, never on the order of construction.

import type { Rng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { namedVariable } from './named-variable';

/** `normal`: mean 0, `spread` = standard deviation. `uniform`: in [-spread, spread]. `constant`: every value is `spread`. */
export type InitialDistribution = 'normal' | 'uniform' | 'constant';

export interface SeededVariableOptions {
  /** Names the variable and its random stream: `decoder/stem/kernel`. */
  name: string;
  shape: readonly number[];
  /** The owner's stream; the variable draws from `rng.split(name)`. */
  rng: Rng;
  distribution?: InitialDistribution;
  spread?: number;
}

/** A float32 variable of `shape`, standard normal by default. The caller owns it and disposes it. */
export function seededVariable(options: SeededVariableOptions): tf.Variable {
  const { name, shape, rng, distribution = 'normal', spread = 1 } = options;
  const stream = rng.split(name);
  const draw = {
    normal: () => spread * stream.normal(),
    uniform: () => spread * (2 * stream.uniform() - 1),
    constant: () => spread,
  }[distribution];
  const size = shape.reduce((product, length) => product * length, 1);
  return namedVariable(name, tf.tensor(Float32Array.from({ length: size }, draw), [...shape], 'float32'));
}
