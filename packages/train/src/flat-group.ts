// Several variables as one flat vector, so that an optimiser's arithmetic is a dozen operations instead of a dozen each.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/** Variables laid end to end in a vector [n], each in row-major order. */
export interface FlatGroup {
  readonly variables: readonly tf.Variable[];
  /** n, the sum of the variables' sizes. */
  readonly size: number;
}

/** Fills groups of at most `largest` values with the variables in their order; a larger variable is a group of its own. */
export function createFlatGroups(variables: readonly tf.Variable[], largest: number): FlatGroup[] {
  const groups: { variables: tf.Variable[]; size: number }[] = [];
  for (const variable of variables) {
    const open = groups.at(-1);
    if (open !== undefined && open.size + variable.size <= largest) {
      open.variables.push(variable);
      open.size += variable.size;
    } else {
      groups.push({ variables: [variable], size: variable.size });
    }
  }
  return groups;
}

/** The values of the group's variables, [n]. */
export function flattenVariables(group: FlatGroup): tf.Tensor1D {
  return concatFlat(group.variables);
}

/** The gradients of the group's variables, [n]. */
export function flattenGradients(group: FlatGroup, gradients: Record<string, tf.Tensor>): tf.Tensor1D {
  return concatFlat(group.variables.map((variable) => gradients[variable.name] ?? missingGradient(variable)));
}

/** Cuts `values` [n] into the group's variables and assigns them. */
export function assignFlat(group: FlatGroup, values: tf.Tensor1D): void {
  const sizes = group.variables.map((variable) => variable.size);
  const parts = sizes.length === 1 ? [values] : tf.split(values, sizes, 0);
  group.variables.forEach((variable, index) => {
    variable.assign(tf.reshape(parts[index]!, variable.shape));
  });
}

function concatFlat(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  const parts = tensors.map((tensor) => tf.reshape(tensor, [tensor.size]) as tf.Tensor1D);
  return parts.length === 1 ? parts[0]! : tf.concat1d(parts);
}

function missingGradient(variable: tf.Variable): never {
  throw new SemmaeError({
    where: 'optimizer',
    requirement: `every trained variable must reach the loss, so ${variable.name} needs a gradient`,
    got: 'none',
    remedy: 'leave variables that the loss does not use out of variables()',
  });
}
