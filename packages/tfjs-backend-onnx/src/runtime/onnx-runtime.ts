// What the backend asks of ONNX Runtime: load a model, run it now.

import type { ElementArray, ElementType } from '../graph/element-type';

export interface RuntimeTensor {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: ElementArray;
}

export interface RuntimeSession {
  /** Runs to completion on the calling thread; results are written into `fetches`. Both are keyed by graph name. */
  run(feeds: Record<string, RuntimeTensor>, fetches: Record<string, RuntimeTensor>): void;
  release(): void;
}

export interface OnnxRuntime {
  /** Execution providers that work here, 'cpu' among them. */
  readonly providers: readonly string[];
  tensor(type: ElementType, data: ElementArray, dims: readonly number[]): RuntimeTensor;
  createSession(model: Uint8Array, options: object): RuntimeSession;
}
