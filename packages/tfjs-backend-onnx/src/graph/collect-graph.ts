// Cuts the subgraph that computes given values out of the trace.

import { fuseLayerNorms } from './fuse-layer-norm';
import { fuseProducts } from './fuse-products';
import { fuseShiftedErf } from './fuse-shifted-erf';
import { fuseSoftmaxGradients } from './fuse-softmax-gradient';
import type { GraphView, Rewrite } from './rewrite';
import type { GraphNode, Storage, Value } from './value';

/** A closed graph: every node's input is another node's output, a feed or a literal. */
export interface CollectedGraph {
  /** In execution order. */
  nodes: GraphNode[];
  /** Computed values the graph reads, distinct in memory and shape; the names are i0, i1, … */
  feeds: Value[];
  /** Constants baked into the graph, distinct in memory and shape; the names are c0, c1, … */
  literals: Value[];
  outputs: readonly Value[];
  /** The name of each value inside the graph. */
  names: Map<Value, string>;
}

export interface CollectOptions {
  /** Which computed values to bake in beside the graph's own constants. Default: none. */
  isLiteral?: (storage: Storage) => boolean;
  /** In order. Default: those that make a graph run faster in ONNX Runtime. */
  rewrites?: readonly Rewrite[];
}

export const fastRewrites: readonly Rewrite[] = [fuseLayerNorms, fuseSoftmaxGradients, fuseShiftedErf, fuseProducts];

/** Collects what `outputs` (pending values) need and nothing else, and rewrites it. */
export function collectGraph(
  outputs: readonly Value[],
  { isLiteral = () => false, rewrites = fastRewrites }: CollectOptions = {},
): CollectedGraph {
  const isBaked = (storage: Storage) => storage.literal || isLiteral(storage);
  const producers = new Map<Value, GraphNode>();
  for (const rewrite of rewrites) {
    for (const [value, node] of rewrite(viewGraph(outputs, producers, isBaked))) producers.set(value, node);
  }
  const nodes = reachableNodes(outputs, producers);
  const graph: CollectedGraph = { nodes, feeds: [], literals: [], outputs, names: new Map() };
  const leaves: LeafNames = new Map();
  nodes.forEach((node, index) => {
    for (const input of node.inputs) {
      if (input !== undefined && !graph.names.has(input))
        graph.names.set(input, nameLeaf(input, graph, leaves, isBaked));
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
  isBaked: (storage: Storage) => boolean,
): string {
  const { storage, shape, offset } = value;
  if (storage === undefined) throw new Error('internal: a pending value without a node');
  const byPlace = leaves.get(storage) ?? new Map<string, string>();
  leaves.set(storage, byPlace);
  const place = `${offset} ${shape}`;
  let name = byPlace.get(place);
  if (name === undefined) {
    const baked = isBaked(storage);
    name = baked ? `c${graph.literals.length}` : `i${graph.feeds.length}`;
    (baked ? graph.literals : graph.feeds).push(value);
    byPlace.set(place, name);
  }
  return name;
}

function viewGraph(
  outputs: readonly Value[],
  producers: ReadonlyMap<Value, GraphNode>,
  isLiteral: (storage: Storage) => boolean,
): GraphView {
  const nodes = reachableNodes(outputs, producers);
  const consumers = new Map<Value, GraphNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (input === undefined) continue;
      const known = consumers.get(input);
      if (known === undefined) consumers.set(input, [node]);
      else known.push(node);
    }
  }
  let positions: Map<GraphNode, number> | undefined;
  return {
    nodes,
    outputs,
    positionOf(node) {
      positions ??= new Map(nodes.map((other, index) => [other, index])); // made on demand: few rewrites ask
      return positions.get(node)!;
    },
    producerOf: (value) => (value === undefined ? undefined : (producers.get(value) ?? value.node)),
    consumersOf: (value) => consumers.get(value) ?? [],
    isLiteral,
  };
}

function reachableNodes(outputs: readonly Value[], producers: ReadonlyMap<Value, GraphNode>): GraphNode[] {
  const producerOf = (value: Value | undefined) =>
    value === undefined ? undefined : (producers.get(value) ?? value.node);
  const seen = new Set<GraphNode>();
  const stack: GraphNode[] = [];
  const visit = (value: Value | undefined) => {
    const node = producerOf(value);
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    stack.push(node);
  };
  for (const output of outputs) visit(output);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) node.inputs.forEach(visit);
  const traced = [...seen].filter(({ id }) => id !== undefined).sort((a, b) => a.id! - b.id!);
  if (traced.length === seen.size) return traced;
  const ordered = new Set<GraphNode>();
  const append = (node: GraphNode) => {
    for (const input of node.inputs) {
      const producer = producerOf(input);
      if (producer !== undefined && producer.id === undefined && !ordered.has(producer)) append(producer);
    }
    ordered.add(node);
  };
  traced.forEach(append);
  return [...ordered];
}
