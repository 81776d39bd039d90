// Networks that are updated by different rules have to have weights of their own.

import { SemmaeError } from '@semmae/core';
import type * as tf from '@tensorflow/tfjs-core';

/** Passes two lists without a common variable; `names` and `remedy` are for the error. */
export function assertApart(
  where: string,
  names: string,
  one: readonly tf.Variable[],
  other: readonly tf.Variable[],
  remedy: string,
): void {
  const shared = other.find((variable) => one.includes(variable));
  if (shared === undefined) return;
  throw new SemmaeError({ where, requirement: `${names} must have no variable in common`, got: shared.name, remedy });
}
