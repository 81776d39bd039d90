// What a file holds: typed arrays with shapes, by name, and free text.

/** Values in row-major order. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

export type TypeCode = 'F32' | 'I32' | 'U8';

/** The safetensors name of the values' type. */
export function typeCode(values: StoredTensor['values']): TypeCode {
  if (values instanceof Float32Array) return 'F32';
  return values instanceof Int32Array ? 'I32' : 'U8';
}

export function bytesOf({ buffer, byteOffset, byteLength }: StoredTensor['values']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
