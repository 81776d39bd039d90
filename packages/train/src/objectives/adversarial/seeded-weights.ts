// The variables of a network: first values by seed and name, freed together.

import { createRng } from '@semmae/core';
import { constant, type InitialValues, namedVariable, uniform } from '@semmae/vit/tensor';
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

  function add(name: string, shape: number[], values: InitialValues): tf.Variable {
    const variable = namedVariable(`${scope}/${name}`, tf.tensor(values(shape, rng.split(name)), shape));
    made.push(variable);
    return variable;
  }

  return {
    uniform: (name, shape, bound) => add(name, shape, uniform(bound)),
    ones: (name, shape) => add(name, shape, constant(1)),
    all: () => [...made],
    dispose: () => tf.dispose(made),
  };
}
