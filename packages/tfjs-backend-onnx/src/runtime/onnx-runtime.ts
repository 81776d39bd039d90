// What the backend asks of ONNX Runtime: load a model, run it.

import type { ElementArray, ElementType } from '../graph/element-type';

export interface RuntimeTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: ElementArray;
}

/** Tensors by graph name. */
export type RuntimeTensors = Readonly<Record<string, RuntimeTensor>>;

export interface RuntimeSession {
  /**
   * Writes results into the memory of `fetches`; both are keyed by graph name. In Node it has run when this returns; in the browser
   * runs are queued, and the promise says when this one is done.
   */
  run(feeds: RuntimeTensors, fetches: RuntimeTensors): void | Promise<void>;
  release(): void;
}

export interface OnnxRuntime {
  /** Execution providers that work here, 'cpu' among them. */
  readonly providers: readonly string[];
  /** What this runtime needs in a model beside the graph; every model goes through it once. */
  prepare?(model: Uint8Array): Uint8Array;
  tensor(type: ElementType, data: ElementArray, dims: readonly number[]): RuntimeTensor;
  createSession(model: Uint8Array, options: object): RuntimeSession;
}
