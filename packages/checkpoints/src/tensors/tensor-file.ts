// What every container of tensors gives, whichever it is.

import type { TensorType, TensorValues } from './tensor-types';

export interface TensorEntry {
  readonly dtype: TensorType;
  readonly shape: readonly number[];
}

/** Named tensors in a file. Values are read when they are asked for, and nothing else of the file is. */
export interface TensorFile {
  /** Where it is, for messages. */
  readonly path: string;
  readonly container: 'safetensors' | 'pytorch' | 'npz' | 'npy';
  /** Free text by key, which safetensors files have as `__metadata__`; other files have none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors in the order of the file. Those of nested dictionaries have all keys as their name, joined by dots: `model.blocks.0.attn.qkv.weight`. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /**
   * What a file holds besides tensors, such as `epoch` and `args` of a `.pth`, as JSON has it. An object of a class of Python is
   * `{ class: 'argparse.Namespace', ... }` with its fields.
   */
  readonly extras: Readonly<Record<string, unknown>>;
  /** All values of a tensor in row-major order. Throws a SemmaeError for a name that is not there. */
  read(name: string): Promise<TensorValues>;
  close(): void;
}
