// Lets the update of a variable wait until its old value has been read everywhere, so that it can be overwritten.

import { int64s } from '../graph/literals';
import { type GraphView, insertedFor, nodeInPlaceOf, type Rewrite } from '../graph/rewrite';
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
    const lastReader = Math.max(...hazards.map(({ reader }) => graph.positionOf(reader)));
    const latches = new Map(
      hazards.map(({ writer }) => [writer, findLatch(graph, writer, lastReader)] as const).filter(([, latch]) => latch),
    ) as Map<GraphNode, Latch>;
    if (latches.size === 0) return new Map();
    const firstLatch = Math.min(...[...latches.values()].map(({ node }) => graph.positionOf(node)));
    const witnesses = findWitnesses(graph, hazards, firstLatch);
    return witnesses === undefined ? new Map() : closeLatches(graph, [...latches.values()], witnesses);
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
      if (producer !== undefined && graph.positionOf(producer) > lastReader) seen.add(producer);
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
  const candidates = graph.nodes
    .slice(0, firstLatch)
    .filter(({ outputs: [value] }) => value!.type === 'float32' && sizeOf(value!.shape) > 0);
  for (const node of candidates.reverse()) {
    const covered = [...missing].filter((reader) => reader === node || reach.precedes(reader, node));
    if (covered.length === 0) continue;
    for (const reader of covered) missing.delete(reader);
    witnesses.push(node.outputs[0]!);
    if (missing.size === 0) return witnesses;
  }
  return undefined;
}

function closeLatches(graph: GraphView, latches: readonly Latch[], witnesses: readonly Value[]): Map<Value, GraphNode> {
  const ordered = [...new Set(latches)].sort((a, b) => graph.positionOf(a.node) - graph.positionOf(b.node));
  const condition = witnessed(witnesses, ordered[0]!.node);
  const producers = new Map<Value, GraphNode>();
  const gates = new Map<Value, Value>();
  for (const { node, slot } of ordered) {
    const number = node.inputs[slot]!;
    let gated = gates.get(number);
    if (gated === undefined) {
      gated = insertedFor(node, 'Where', [condition, number, number], number);
      gates.set(number, gated);
    }
    const closed = nodeInPlaceOf(node, { ...node, inputs: node.inputs.with(slot, gated) });
    for (const output of node.outputs) producers.set(output, closed);
  }
  return producers;
}

/** A truth value that needs one element of each witness, on behalf of `latch`. */
function witnessed(witnesses: readonly Value[], latch: GraphNode): Value {
  const float = (...shape: number[]) => ({ type: 'float32', shape }) as const;
  const elements = witnesses.map((witness) => {
    const ones = witness.shape.map(() => 1);
    const starts = ones.map(() => 0);
    const corner =
      ones.length === 0
        ? witness
        : insertedFor(latch, 'Slice', [witness, int64s(starts), int64s(ones)], float(...ones));
    return insertedFor(latch, 'Reshape', [corner, int64s([1])], float(1));
  });
  const all = insertedFor(latch, 'Concat', elements, float(elements.length), { axis: 0 });
  const sum = insertedFor(latch, 'ReduceSum', [all, int64s([0])], float(), { keepdims: 0 });
  return insertedFor(latch, 'IsNaN', [sum], { type: 'bool', shape: [] });
}
