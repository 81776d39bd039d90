// Appends nodes to a trace. Nothing is computed here.

import type { ElementType } from './element-type';
import { type AttributeValue, type GraphNode, pendingValue, type Scope, sizeOf, type Value } from './value';

/** Numbers the nodes of a trace and says on whose behalf they are appended. Each backend has one. */
export interface Recorder {
  nextId: number;
  /** The tfjs kernel that appends. */
  kernel: string;
  /** The named part of the program that appends, where somebody profiles. */
  scope: Scope | undefined;
  /** Nodes appended since the last flush. */
  pendingNodes: number;
}

export function createRecorder(): Recorder {
  return { nextId: 0, kernel: '', scope: undefined, pendingNodes: 0 };
}

/** The recorder of the running `record`; undefined outside. Kernels would otherwise have to pass it to every operator. */
let active: Recorder | undefined;

/** Runs `append`, whose nodes go to `recorder` and count as those of `kernel`. */
export function record<T>(recorder: Recorder, kernel: string, append: () => T): T {
  const [outer, outerKernel] = [active, recorder.kernel];
  active = recorder;
  recorder.kernel = kernel;
  try {
    return append();
  } finally {
    active = outer;
    recorder.kernel = outerKernel;
  }
}

export interface OutputSpec {
  type: ElementType;
  shape: readonly number[];
}

export interface EmitOptions {
  attributes?: Readonly<Record<string, AttributeValue>>;
  /** Operator set; default '' is ONNX itself. */
  domain?: string;
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
  if (active === undefined) throw new Error(`internal: ${operator} is appended outside of record`);
  const { kernel, scope } = active;
  const values: Value[] = outputs.map(({ type, shape }) => {
    if (!Number.isSafeInteger(sizeOf(shape)))
      throw new Error(`internal: ${operator} in ${kernel} has shape [${shape}]`);
    return pendingValue(type, shape);
  });
  const node: GraphNode = { id: active.nextId++, operator, domain, attributes, inputs, outputs: values, kernel, scope };
  for (const value of values) value.node = node;
  active.pendingNodes++;
  return values;
}
