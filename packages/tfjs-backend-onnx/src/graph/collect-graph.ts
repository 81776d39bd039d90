// Cuts the subgraph that computes given values out of the trace.

import { fuseLayerNorms } from './fuse-layer-norm';
import type { GraphNode, Storage, Value } from './value';

/** A closed graph: every node's input is another node's output, a feed or a literal. */
export interface CollectedGraph {
  /** In execution order. */
  nodes: GraphNode[];
  /** Computed values the graph reads, distinct in storage and shape; the names are i0, i1, … */
  feeds: Value[];
  /** Constants baked into the graph, distinct in storage and shape; the names are c0, c1, … */
  literals: Value[];
  outputs: readonly Value[];
  /** The name of each value inside the graph. */
  names: Map<Value, string>;
}

/**
 * Collects what `outputs` (pending values) need and nothing else.
 *
 * @param isLiteral Which computed values to bake in beside the graph's own constants.
 */
export function collectGraph(
  outputs: readonly Value[],
  isLiteral: (storage: Storage) => boolean = () => false,
): CollectedGraph {
  const substitutes = fuseLayerNorms(reachableNodes(outputs, new Map()), isLiteral);
  const nodes = reachableNodes(outputs, substitutes);
  const graph: CollectedGraph = { nodes, feeds: [], literals: [], outputs, names: new Map() };
  const leaves: LeafNames = new Map();
  nodes.forEach((node, index) => {
    for (const input of node.inputs) {
      if (input !== undefined && !graph.names.has(input))
        graph.names.set(input, nameLeaf(input, graph, leaves, isLiteral));
    }
    node.outputs.forEach((output, slot) => {
      graph.names.set(output, `n${index}_${slot}`);
    });
  });
  return graph;
}

type LeafNames = Map<Storage, Map<string, string>>;

function nameLeaf(
  value: Value,
  graph: CollectedGraph,
  leaves: LeafNames,
  isLiteral: (storage: Storage) => boolean,
): string {
  const { storage } = value;
  if (storage === undefined) throw new Error('internal: a pending value without a node');
  const byShape = leaves.get(storage) ?? new Map<string, string>();
  leaves.set(storage, byShape);
  const shape = value.shape.join();
  let name = byShape.get(shape);
  if (name === undefined) {
    const baked = storage.literal || isLiteral(storage);
    name = baked ? `c${graph.literals.length}` : `i${graph.feeds.length}`;
    (baked ? graph.literals : graph.feeds).push(value);
    byShape.set(shape, name);
  }
  return name;
}

function reachableNodes(outputs: readonly Value[], substitutes: ReadonlyMap<GraphNode, GraphNode>): GraphNode[] {
  const seen = new Set<GraphNode>();
  const stack: GraphNode[] = [];
  const visit = (value: Value | undefined) => {
    const traced = value?.node;
    const node = traced === undefined ? undefined : (substitutes.get(traced) ?? traced);
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    stack.push(node);
  };
  for (const output of outputs) visit(output);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) node.inputs.forEach(visit);
  return [...seen].sort((a, b) => a.id - b.id);
}
