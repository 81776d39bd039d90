// Lets the update of a variable wait until its old value has been read everywhere, so that it can be overwritten.

import { int64s } from '../graph/literals';
import { computedInPlaceOf, type GraphView, nodeInPlaceOf, type Rewrite } from '../graph/rewrite';
import { type GraphNode, sizeOf, type Value } from '../graph/value';
import type { Assignment } from './assignment';
import { createReach, findHazards, type Hazard, type VariableOf } from './hazards';

/** A node of an update, and which of its inputs is one number: a learning rate, mostly. */
interface Latch {
  node: GraphNode;
  slot: number;
}

/**
 * The gradient of a weight does not wait for the weight's last use (the gradient of its layer's input), but the last
 * gradients of the backward pass do. So a number that the update multiplies with is made to depend on one element of those:
 * it becomes `isNaN(element) ? number : number`. No pass over a tensor, and nothing changes in value.
 *
 * What finds no such number stays a hazard and is not overwritten.
 */
export function gateUpdates(assignments: readonly Assignment[], variableOf: VariableOf): Rewrite {
  return (graph) => {
    const hazards = findHazards(graph.nodes, assignments, variableOf).filter(({ reader, writer }) => reader !== writer);
    const lastReader = Math.max(...hazards.map(({ reader }) => reader.id));
    const latches = new Map(
      hazards.map(({ writer }) => [writer, findLatch(graph, writer, lastReader)] as const).filter(([, latch]) => latch),
    ) as Map<GraphNode, Latch>;
    if (latches.size === 0) return new Map();
    const firstLatch = Math.min(...[...latches.values()].map(({ node }) => node.id));
    const witnesses = findWitnesses(graph, hazards, firstLatch);
    return witnesses === undefined ? new Map() : closeLatches([...latches.values()], witnesses);
  };
}

/** The node nearest to `writer` that takes a number and stands behind all readers. */
function findLatch(graph: GraphView, writer: GraphNode, lastReader: number): Latch | undefined {
  const seen = new Set([writer]);
  for (const node of seen) {
    const slot = node.inputs.findIndex((input) => input?.type === 'float32' && input.shape.length === 0);
    if (slot >= 0) return { node, slot };
    for (const input of node.inputs) {
      const producer = graph.producerOf(input);
      if (producer !== undefined && producer.id > lastReader) seen.add(producer);
    }
  }
  return undefined;
}

/** Values that are there only when every reader of the hazards has run, from nodes before `firstLatch`. */
function findWitnesses(graph: GraphView, hazards: readonly Hazard[], firstLatch: number): Value[] | undefined {
  const missing = new Set(hazards.map(({ reader }) => reader));
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const reach = createReach(graph.nodes, producers, [...missing]);
  const witnesses: Value[] = [];
  const candidates = graph.nodes.filter(
    ({ id, outputs: [value] }) => id < firstLatch && value!.type === 'float32' && sizeOf(value!.shape) > 0,
  );
  for (const node of candidates.reverse()) {
    const covered = [...missing].filter((reader) => reader === node || reach.precedes(reader, node));
    if (covered.length === 0) continue;
    for (const reader of covered) missing.delete(reader);
    witnesses.push(node.outputs[0]!);
    if (missing.size === 0) return witnesses;
  }
  return undefined;
}

function closeLatches(latches: readonly Latch[], witnesses: readonly Value[]): Map<Value, GraphNode> {
  const ordered = [...new Set(latches)].sort((a, b) => a.node.id - b.node.id);
  const first = ordered[0]!.node;
  const place = (id: number) => ({ ...first, id });
  const condition = witnessed(witnesses, (step) => place(first.id - 1 + step / 2)); // right before the first latch
  const producers = new Map<Value, GraphNode>();
  const gates = new Map<Value, Value>();
  for (const { node, slot } of ordered) {
    const number = node.inputs[slot]!;
    let gated = gates.get(number);
    if (gated === undefined) {
      gated = computedInPlaceOf(place(node.id - 0.25), 'Where', [condition, number, number], number);
      gates.set(number, gated);
    }
    const closed = nodeInPlaceOf(node, { ...node, inputs: node.inputs.with(slot, gated) });
    for (const output of node.outputs) producers.set(output, closed);
  }
  return producers;
}

/** A truth value that needs one element of each witness. `placeAt(0 … 1)` gives places in order. */
function witnessed(witnesses: readonly Value[], placeAt: (step: number) => Pick<GraphNode, 'id' | 'kernel'>): Value {
  const scalarShape = { type: 'float32', shape: [] } as const;
  const elements = witnesses.map((witness) => {
    const rank = witness.shape.length;
    if (rank === 0)
      return computedInPlaceOf(placeAt(0.1), 'Reshape', [witness, int64s([1])], { ...scalarShape, shape: [1] });
    const shape = new Array<number>(rank).fill(1);
    const [zeros, ones] = [int64s(shape.map(() => 0)), int64s(shape)];
    const corner = computedInPlaceOf(placeAt(0.1), 'Slice', [witness, zeros, ones], { ...scalarShape, shape });
    return computedInPlaceOf(placeAt(0.2), 'Reshape', [corner, int64s([1])], { ...scalarShape, shape: [1] });
  });
  const all = computedInPlaceOf(
    placeAt(0.4),
    'Concat',
    elements,
    { ...scalarShape, shape: [elements.length] },
    { axis: 0 },
  );
  const sum = computedInPlaceOf(placeAt(0.6), 'ReduceSum', [all, int64s([0])], scalarShape, { keepdims: 0 });
  return computedInPlaceOf(placeAt(0.8), 'IsNaN', [sum], { type: 'bool', shape: [] });
}
