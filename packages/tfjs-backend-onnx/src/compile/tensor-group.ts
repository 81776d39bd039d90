// What goes into and comes out of a step: one tensor, or tensors by name.

import { Tensor } from '@tensorflow/tfjs-core';

export type TensorGroup = Tensor | Record<string, Tensor>;

/** The tensors of a group in a fixed order, with the names to put them back ('' for a lone tensor). */
export interface FlatGroup {
  names: readonly string[];
  tensors: readonly Tensor[];
}

export function flattenGroup(group: TensorGroup): FlatGroup {
  if (group instanceof Tensor) return { names: [''], tensors: [group] };
  const names = Object.keys(group).sort();
  return { names, tensors: names.map((name) => group[name]!) };
}

export function buildGroup(names: readonly string[], tensors: readonly Tensor[]): TensorGroup {
  if (names.length === 1 && names[0] === '') return tensors[0]!;
  return Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
}

/** Two calls with equal signatures can share one compiled graph. */
export function groupsSignature(groups: readonly FlatGroup[]): string {
  return groups
    .map(({ names, tensors }) =>
      tensors.map(({ dtype, shape }, index) => `${names[index]}:${dtype}[${shape}]`).join(' '),
    )
    .join('; ');
}
