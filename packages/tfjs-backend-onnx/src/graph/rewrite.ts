// How a traced graph is made into a better one before it runs: by saying that other nodes compute some of its values.

import type { OutputSpec } from './emit';
import { type AttributeValue, type GraphNode, pendingValue, type Storage, type Value } from './value';

/** A graph as the rewrites before have left it. The trace itself is never changed: its values may be part of other graphs. */
export interface GraphView {
  /** In execution order. */
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly Value[];
  /** The node that computes `value`; undefined for what is computed already. */
  producerOf(value: Value | undefined): GraphNode | undefined;
  /** Nodes that read `value`. */
  consumersOf(value: Value): readonly GraphNode[];
  /** Whether the contents of a computed value are part of the graph. */
  isLiteral(storage: Storage): boolean;
}

/** New producers for values of the graph. */
export type Rewrite = (graph: GraphView) => Map<Value, GraphNode>;

/** A node for a rewrite, standing where `place` stands in the order and in messages; ids need not be whole numbers. */
export function nodeInPlaceOf(
  place: Pick<GraphNode, 'id' | 'kernel' | 'scope'>,
  node: Pick<GraphNode, 'operator' | 'inputs' | 'outputs'> & Partial<Pick<GraphNode, 'domain' | 'attributes'>>,
): GraphNode {
  const { id, kernel, scope } = place;
  return { id, kernel, scope, domain: '', attributes: {}, ...node };
}

/** A value that comes into being with a rewrite, and the node that computes it. */
export function computedInPlaceOf(
  place: Pick<GraphNode, 'id' | 'kernel' | 'scope'>,
  operator: string,
  inputs: readonly Value[],
  { type, shape }: OutputSpec,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): Value {
  const value = pendingValue(type, shape);
  value.node = nodeInPlaceOf(place, { operator, inputs, outputs: [value], attributes });
  return value;
}
