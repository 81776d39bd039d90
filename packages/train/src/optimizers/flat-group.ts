// Variables as flat vectors of about one size, so that an optimizer's arithmetic has few and equal operations that fit the cache.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

/** A stretch of a variable's values in row-major order. */
export interface FlatPiece {
  readonly variable: tf.Variable;
  readonly begin: number;
  readonly size: number;
}

/** Pieces laid end to end in a vector [n]. */
export interface FlatGroup {
  readonly pieces: readonly FlatPiece[];
  /** n, the sum of the pieces' sizes. */
  readonly size: number;
}

/** Joins small variables and cuts large ones, so that no group has more than `largest` values. Every value is in one group. */
export function createFlatGroups(variables: readonly tf.Variable[], largest: number): FlatGroup[] {
  const groups: { pieces: FlatPiece[]; size: number }[] = [];
  let open: { pieces: FlatPiece[]; size: number } | undefined;
  for (const variable of variables) {
    if (variable.size > largest) {
      groups.push(...cut(variable, largest).map((piece) => ({ pieces: [piece], size: piece.size })));
      continue;
    }
    if (open === undefined || open.size + variable.size > largest) {
      open = { pieces: [], size: 0 };
      groups.push(open);
    }
    open.pieces.push({ variable, begin: 0, size: variable.size });
    open.size += variable.size;
  }
  return groups;
}

/** The values of the group's variables, [n]. */
export function flattenVariables(group: FlatGroup): tf.Tensor1D {
  return joinFlat(group.pieces.map((piece) => cutOut(piece.variable, piece)));
}

/** The gradients of the group's variables, [n]. */
export function flattenGradients(group: FlatGroup, gradients: Record<string, tf.Tensor>): tf.Tensor1D {
  return joinFlat(
    group.pieces.map((piece) => cutOut(gradients[piece.variable.name] ?? missingGradient(piece.variable), piece)),
  );
}

/** Assigns to the variables what `values` hold for them: one vector [n] for each group. */
export function assignFlat(groups: readonly FlatGroup[], values: readonly tf.Tensor1D[]): void {
  for (const [variable, value] of unflatten(groups, values)) variable.assign(value);
}

/** What `values` hold for each variable, in its shape: the inverse of flattening. One vector [n] for each group. */
export function unflatten(groups: readonly FlatGroup[], values: readonly tf.Tensor1D[]): Map<tf.Variable, tf.Tensor> {
  const piecesOf = new Map<tf.Variable, tf.Tensor1D[]>();
  groups.forEach(({ pieces }, index) => {
    const sizes = pieces.map(({ size }) => size);
    const parts = sizes.length === 1 ? [values[index]!] : tf.split<tf.Tensor1D>(values[index]!, sizes, 0);
    pieces.forEach(({ variable }, which) => {
      const known = piecesOf.get(variable);
      if (known === undefined) piecesOf.set(variable, [parts[which]!]);
      else known.push(parts[which]!);
    });
  });
  return new Map(
    [...piecesOf].map(([variable, parts]) => [variable, tf.reshape(joinFlat(parts), variable.shape)] as const),
  );
}

/** Equal pieces, as few as possible. */
function cut(variable: tf.Variable, largest: number): FlatPiece[] {
  const count = Math.ceil(variable.size / largest);
  return Array.from({ length: count }, (_, index) => {
    const [begin, end] = [index, index + 1].map((position) => Math.round((position * variable.size) / count));
    return { variable, begin: begin!, size: end! - begin! };
  });
}

function cutOut(tensor: tf.Tensor, { begin, size }: FlatPiece): tf.Tensor1D {
  const flat = tf.reshape<tf.Rank.R1>(tensor, [tensor.size]);
  return size === tensor.size ? flat : tf.slice1d(flat, begin, size);
}

function joinFlat(parts: readonly tf.Tensor1D[]): tf.Tensor1D {
  return parts.length === 1 ? parts[0]! : tf.concat1d([...parts]);
}

function missingGradient(variable: tf.Variable): never {
  throw new SemmaeError({
    where: 'optimizer',
    requirement: `every trained variable must reach the loss, so ${variable.name} needs a gradient`,
    got: 'none',
    remedy: 'leave variables that the loss does not use out of variables()',
  });
}
