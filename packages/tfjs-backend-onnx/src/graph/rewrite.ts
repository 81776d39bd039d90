// Rewrites improve a traced graph before it runs. A rewrite says which new nodes compute some of its values.

import type { OutputSpec } from './emit';
import { type AttributeValue, type GraphNode, pendingValue, type Storage, type Value } from './value';

/** A graph as the rewrites before have left it. The trace itself is never changed: its values may be part of other graphs. */
export interface GraphView {
  /** In execution order. */
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly Value[];
  /** The node that computes `value`; undefined for what is computed already. */
  producerOf(value: Value | undefined): GraphNode | undefined;
  /** Where a node stands in `nodes`. */
  positionOf(node: GraphNode): number;
  /** Nodes that read `value`. */
  consumersOf(value: Value): readonly GraphNode[];
  /** Whether the contents of a computed value are part of the graph. */
  isLiteral(storage: Storage): boolean;
}

/** New producers for values of the graph. */
export type Rewrite = (graph: GraphView) => Map<Value, GraphNode>;

/** A node for a rewrite that stands where `place` stands, in the order and in messages. */
export function nodeInPlaceOf(
  { id, kernel, scope }: Pick<GraphNode, 'id' | 'kernel' | 'scope'>,
  node: Pick<GraphNode, 'operator' | 'inputs' | 'outputs'> & Partial<Pick<GraphNode, 'domain' | 'attributes'>>,
): GraphNode {
  return { id, kernel, scope, domain: '', attributes: {}, ...node };
}

/** A value that comes into being with a rewrite. The node that computes it stands right before the first one that reads it. */
export function insertedFor(
  { kernel, scope }: Pick<GraphNode, 'kernel' | 'scope'>,
  operator: string,
  inputs: readonly Value[],
  { type, shape }: OutputSpec,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): Value {
  const value = pendingValue(type, shape);
  value.node = nodeInPlaceOf({ id: undefined, kernel, scope }, { operator, inputs, outputs: [value], attributes });
  return value;
}
