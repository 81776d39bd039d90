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

/** A named part of the program, noted while it is profiled. */
export interface Scope {
  /** Names from the outside in, 'encoder/block 0'; '' outside of all. */
  path: string;
  /** Whether the node belongs to the gradient of what stands there. */
  isGradient: boolean;
}

export interface GraphNode {
  /** Creation order, a topological order. Undefined for what a rewrite inserts: it stands right before the first node that reads it. */
  readonly id: number | undefined;
  readonly operator: string;
  readonly domain: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Undefined marks an omitted optional input. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** The tfjs kernel that asked for it, for messages. */
  readonly kernel: string;
  /** Undefined where nobody profiles. */
  readonly scope?: Scope;
}

/** A tensor of the trace: pending (has a node) or computed (has a storage). */
export interface Value {
  readonly type: ElementType;
  readonly shape: readonly number[];
  node: GraphNode | undefined;
  storage: Storage | undefined;
  /** Where in the storage its elements begin. */
  offset: number;
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

/** The elements of `storage` from `offset` on, as many as `shape` takes. */
export function storedValue(storage: Storage, shape: readonly number[], offset = 0): Value {
  return { type: storage.type, shape, node: undefined, storage, offset, holders: 0, reshaped: undefined };
}

/** A value that only a node will compute. */
export function pendingValue(type: ElementType, shape: readonly number[]): Value {
  return { type, shape, node: undefined, storage: undefined, offset: 0, holders: 0, reshaped: undefined };
}

/** The elements of a computed value. */
export function elementsOf({ storage, offset, shape }: Value): ElementArray {
  return elementsAt(storage!.data!, offset, sizeOf(shape));
}

/** `size` elements of `data` from `offset` on, in the same memory. */
export function elementsAt(data: ElementArray, offset: number, size: number): ElementArray {
  return data.length === size ? data : data.subarray(offset, offset + size);
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
