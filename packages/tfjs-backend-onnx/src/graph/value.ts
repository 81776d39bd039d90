// The traced graph: values, the nodes that compute them, and the storage of those already computed.

import { allocate, type ElementArray, type ElementType } from './element-type';

/** Memory of a computed tensor. Several values of different shape may share one storage. */
export interface Storage {
  readonly type: ElementType;
  /** Undefined for the inputs of a step that is being traced by `compile`: nothing is there to read. */
  data: ElementArray | undefined;
  /** True when the contents belong to the graph itself (axes, shapes, epsilons): baked in as an initializer. */
  readonly literal: boolean;
  /** True once somebody outside may hold `data` (a read, a captured tensor): never written again. */
  shared: boolean;
}

export type AttributeValue = number | readonly number[] | string | { readonly float: number };

export interface GraphNode {
  /** Creation order: a topological order. */
  readonly id: number;
  readonly operator: string;
  readonly domain: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Undefined marks an omitted optional input. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** The tfjs kernel that asked for it, for messages. */
  readonly kernel: string;
}

/** A tensor of the trace: pending (has a node) or computed (has a storage). */
export interface Value {
  readonly type: ElementType;
  readonly shape: readonly number[];
  node: GraphNode | undefined;
  storage: Storage | undefined;
  /** How many tfjs data ids hold this value. */
  holders: number;
  /** Reshaped twins, so that one tensor reshaped twice is one node. */
  reshaped: Map<string, Value> | undefined;
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

export function storedValue(storage: Storage, shape: readonly number[]): Value {
  return { type: storage.type, shape, node: undefined, storage, holders: 0, reshaped: undefined };
}

/** A computed value around existing memory. */
export function dataValue(type: ElementType, shape: readonly number[], data: ElementArray): Value {
  return storedValue({ type, data, literal: false, shared: false }, shape);
}

/** A value whose contents are part of the graph's structure. */
export function literalValue(type: ElementType, shape: readonly number[], data: ElementArray): Value {
  return storedValue({ type, data, literal: true, shared: true }, shape);
}

/** A value with contents that only a replay provides. */
export function placeholderValue(type: ElementType, shape: readonly number[]): Value {
  return storedValue({ type, data: undefined, literal: false, shared: true }, shape);
}

export function emptyValue(type: ElementType, shape: readonly number[]): Value {
  return dataValue(type, shape, allocate(type, 0));
}
