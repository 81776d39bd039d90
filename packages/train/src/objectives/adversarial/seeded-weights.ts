// The variables of a network: first values by seed and name, names that never collide, freed together.

import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

export interface SeededWeights {
  /** Uniform in ±bound; `bound` 0 gives zeros. */
  uniform(name: string, shape: number[], bound: number): tf.Variable;
  ones(name: string, shape: number[]): tf.Variable;
  /** In the order made. */
  all(): tf.Variable[];
  dispose(): void;
}

/** Weights named `scope/name`; each draws from a stream of its own, so that none depends on the order of construction. */
export function seededWeights(scope: string, seed: number): SeededWeights {
  const made: tf.Variable[] = [];
  const rng = createRng(seed);

  function add(name: string, shape: number[], values: (count: number) => Float32Array): tf.Variable {
    const full = `${scope}/${name}`;
    const variable = tf.tidy(() =>
      tf.variable(tf.tensor(values(tf.util.sizeFromShape(shape)), shape), true, freeName(full)),
    );
    made.push(variable);
    return variable;
  }

  return {
    uniform: (name, shape, bound) =>
      add(name, shape, (length) => {
        const stream = rng.split(name);
        return Float32Array.from({ length }, () => bound * (2 * stream.uniform() - 1));
      }),
    ones: (name, shape) => add(name, shape, (length) => new Float32Array(length).fill(1)),
    all: () => [...made],
    dispose: () => tf.dispose(made),
  };
}

/** tfjs refuses a name twice: a second `a/kernel` becomes `a/kernel_1`, an ending that checkpoints leave out. */
function freeName(name: string): string {
  const taken = tf.engine().registeredVariables;
  let free = name;
  for (let copy = 1; free in taken; copy++) free = `${name}_${copy}`;
  return free;
}
