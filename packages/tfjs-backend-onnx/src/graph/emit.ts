// Appends nodes to the trace. Nothing is computed here.

import type { ElementType } from './element-type';
import { type AttributeValue, type GraphNode, pendingValue, type Scope, sizeOf, type Value } from './value';

export interface OutputSpec {
  type: ElementType;
  shape: readonly number[];
}

export interface EmitOptions {
  attributes?: Readonly<Record<string, AttributeValue>>;
  /** Operator set; default '' is ONNX itself. */
  domain?: string;
}

const trace = { nextId: 0, kernel: '', scope: undefined as Scope | undefined, pendingNodes: 0 };

/** Names the tfjs kernel on whose behalf nodes are appended from now on. */
export function enterKernel(kernel: string): void {
  trace.kernel = kernel;
}

/** Marks nodes that are appended from now on. */
export function enterScope(scope: Scope | undefined): void {
  trace.scope = scope;
}

/** Nodes appended since the last flush. */
export function pendingNodeCount(): number {
  return trace.pendingNodes;
}

export function resetPendingNodeCount(): void {
  trace.pendingNodes = 0;
}

/** Appends one node and returns its only output. */
export function emit(
  operator: string,
  inputs: readonly (Value | undefined)[],
  output: OutputSpec,
  options: EmitOptions = {},
): Value {
  return emitMany(operator, inputs, [output], options)[0]!;
}

/** Appends one node and returns its outputs. */
export function emitMany(
  operator: string,
  inputs: readonly (Value | undefined)[],
  outputs: readonly OutputSpec[],
  { attributes = {}, domain = '' }: EmitOptions = {},
): Value[] {
  const values: Value[] = outputs.map(({ type, shape }) => {
    if (!Number.isSafeInteger(sizeOf(shape)))
      throw new Error(`internal: ${operator} in ${trace.kernel} has shape [${shape}]`);
    return pendingValue(type, shape);
  });
  const node: GraphNode = {
    id: trace.nextId++,
    operator,
    domain,
    attributes,
    inputs,
    outputs: values,
    kernel: trace.kernel,
    scope: trace.scope,
  };
  for (const value of values) value.node = node;
  trace.pendingNodes++;
  return values;
}
