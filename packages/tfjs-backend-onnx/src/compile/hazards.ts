// Whether a variable's new value may be written over its old one while the graph runs.

import type { Variable } from '@tensorflow/tfjs-core';

import { type GraphNode, type Storage, sizeOf, type Value } from '../graph/value';
import type { Assignment } from './assignment';

/** `writer` overwrites what `reader` may still have to read: nothing in the graph makes it wait. */
export interface Hazard {
  assignment: Assignment;
  reader: GraphNode;
  writer: GraphNode;
}

/** Which variable a computed value of the graph is read from. */
export type VariableOf = (storage: Storage) => Variable | undefined;

interface Reading {
  node: GraphNode;
  offset: number;
  size: number;
}

/** Every hazard of `assignments`. ONNX Runtime does not know that a variable's old and new value share memory, so it does not order them. */
export function findHazards(
  nodes: readonly GraphNode[],
  assignments: readonly Assignment[],
  variableOf: VariableOf,
): Hazard[] {
  const readings = readingsOf(nodes, variableOf);
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const reach = createReach(
    nodes,
    producers,
    [...readings.values()].flat().map(({ node }) => node),
  );
  const hazards: Hazard[] = [];
  for (const assignment of assignments) {
    for (const { value, offset } of assignment.parts ?? []) {
      const writer = producers.get(value)!;
      const size = sizeOf(value.shape);
      for (const reading of readings.get(assignment.variable) ?? []) {
        const overlaps = reading.offset < offset + size && offset < reading.offset + reading.size;
        if (!overlaps) continue;
        const { node: reader } = reading;
        const isSafe =
          reader === writer
            ? isElementwise(writer) && reading.offset === offset && reading.size === size
            : reach.precedes(reader, writer) && !mayBeFused(reader, writer, producers);
        if (!isSafe) hazards.push({ assignment, reader, writer });
      }
    }
  }
  return hazards;
}

export interface Reach {
  /** Whether `node` needs the result of `source`, which must be one of the sources, directly or through others. */
  precedes(source: GraphNode, node: GraphNode): boolean;
}

/** Which of `sources` each node depends on, one bit each. Nodes are in execution order. */
export function createReach(
  nodes: readonly GraphNode[],
  producers: ReadonlyMap<Value, GraphNode>,
  sources: readonly GraphNode[],
): Reach {
  const bitOf = new Map<GraphNode, number>();
  for (const source of sources) if (!bitOf.has(source)) bitOf.set(source, bitOf.size);
  const words = Math.ceil(bitOf.size / 32);
  const indexOf = new Map(nodes.map((node, index) => [node, index]));
  const bits = new Uint32Array(nodes.length * words);
  nodes.forEach((node, index) => {
    for (const input of node.inputs) {
      const producer = input === undefined ? undefined : producers.get(input);
      if (producer === undefined) continue;
      const from = indexOf.get(producer)! * words;
      for (let word = 0; word < words; word++) bits[index * words + word]! |= bits[from + word]!;
      const bit = bitOf.get(producer);
      if (bit !== undefined) bits[index * words + (bit >> 5)]! |= 1 << (bit & 31);
    }
  });
  return {
    precedes(source, node) {
      const bit = bitOf.get(source)!;
      return ((bits[indexOf.get(node)! * words + (bit >> 5)]! >>> (bit & 31)) & 1) === 1;
    },
  };
}

function readingsOf(nodes: readonly GraphNode[], variableOf: VariableOf): Map<Variable, Reading[]> {
  const readings = new Map<Variable, Reading[]>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      const variable = input?.storage === undefined ? undefined : variableOf(input.storage);
      if (variable === undefined) continue;
      const known = readings.get(variable) ?? [];
      readings.set(variable, known);
      known.push({ node, offset: input!.offset, size: sizeOf(input!.shape) });
    }
  }
  return readings;
}

/** Each element of the result depends on the same element of what has its size, and is written after that was read. */
function isElementwise({ operator, inputs, outputs }: GraphNode): boolean {
  return ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'].includes(operator) && inputs.length === 2 && outputs.length === 1;
}

/** ONNX Runtime joins a product and what is added to it or multiplied with it into one kernel, which reads and writes in no order. */
function mayBeFused(reader: GraphNode, writer: GraphNode, producers: ReadonlyMap<Value, GraphNode>): boolean {
  return (
    !isElementwise(reader) && writer.inputs.some((input) => input !== undefined && producers.get(input) === reader)
  );
}
