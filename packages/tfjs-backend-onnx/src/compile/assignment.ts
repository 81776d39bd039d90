// What a step assigns to its variables, and in which pieces the graph hands it over.

import type { Variable } from '@tensorflow/tfjs-core';

import type { GraphNode, Value } from '../graph/value';

/** A value that the graph writes into a variable's memory, from `offset` on. */
export interface AssignedPart {
  value: Value;
  offset: number;
}

export interface Assignment {
  variable: Variable;
  value: Value;
  /**
   * What the graph writes straight into the variable's memory: together the whole value. Undefined where the value is no
   * node's (a tensor handed through) or has other uses besides.
   */
  parts: readonly AssignedPart[] | undefined;
}

export interface VariableUpdate {
  variable: Variable;
  value: Value;
}

/** @param results Values that the step returns. */
export function createAssignments(updates: readonly VariableUpdate[], results: readonly Value[]): Assignment[] {
  const partsOf = updates.map(({ value }) => (value.node === undefined ? undefined : splitIntoParts(value)));
  const uses = new Map<Value, number>();
  const count = (value: Value) => {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  results.forEach(count);
  partsOf.flatMap((parts) => parts?.map(({ value }) => value) ?? []).forEach(count);
  return updates.map((update, index) => {
    const parts = partsOf[index];
    return { ...update, parts: parts?.every(({ value }) => uses.get(value) === 1) ? parts : undefined };
  });
}

/** Values that the graph must hand out for `assignments`. */
export function assignedValues(assignments: readonly Assignment[]): Value[] {
  return assignments
    .flatMap(({ value, parts }) => parts?.map((part) => part.value) ?? [value])
    .filter(({ node }) => node !== undefined);
}

/** Pieces that lie one after the other in memory: reshapes and concatenations cost nothing when each piece is written to its place. */
function splitIntoParts(value: Value, offset = 0): AssignedPart[] {
  const { node } = value;
  if (node?.operator === 'Reshape' && node.inputs[0]!.node !== undefined)
    return splitIntoParts(node.inputs[0]!, offset);
  if (node?.operator !== 'Concat' || !joinsStretches(node)) return [{ value, offset }];
  let position = offset;
  const parts = node.inputs.map((input) => {
    const part = { value: input!, offset: position };
    position += input!.shape.reduce((size, length) => size * length, 1);
    return part;
  });
  if (parts.some((part) => part.value.node === undefined)) return [{ value, offset }];
  return parts.flatMap((part) => splitIntoParts(part.value, part.offset));
}

function joinsStretches({ attributes, outputs }: GraphNode): boolean {
  return outputs[0]!.shape.slice(0, attributes.axis as number).every((length) => length === 1);
}
