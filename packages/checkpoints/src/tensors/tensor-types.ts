// The number types of tensors in files, and what each becomes in JavaScript.

import { decodeFloat16 } from './float16';

export type TensorValues =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

interface TypeRule {
  /** Of one value in the file. */
  bytes: number;
  /** From the bytes of the file, of which it may keep the buffer. */
  decode(buffer: ArrayBuffer): TensorValues;
}

/** F16 and BF16 are widened to float32, which holds all of their values; BOOL is 0 or 1. Little-endian, as is every host of JavaScript. */
export const tensorTypes = {
  F64: { bytes: 8, decode: (buffer) => new Float64Array(buffer) },
  F32: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  F16: { bytes: 2, decode: widenHalves },
  BF16: { bytes: 2, decode: widenBrainFloats },
  I64: { bytes: 8, decode: (buffer) => new BigInt64Array(buffer) },
  I32: { bytes: 4, decode: (buffer) => new Int32Array(buffer) },
  I16: { bytes: 2, decode: (buffer) => new Int16Array(buffer) },
  I8: { bytes: 1, decode: (buffer) => new Int8Array(buffer) },
  U64: { bytes: 8, decode: (buffer) => new BigUint64Array(buffer) },
  U32: { bytes: 4, decode: (buffer) => new Uint32Array(buffer) },
  U16: { bytes: 2, decode: (buffer) => new Uint16Array(buffer) },
  U8: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
  BOOL: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
} as const satisfies Record<string, TypeRule>;

export type TensorType = keyof typeof tensorTypes;

/** Bytes of a tensor; not a safe integer where the shape makes no sense. */
export function byteLengthOf(dtype: TensorType, shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, tensorTypes[dtype].bytes);
}

let halves: Float32Array | undefined;

function widenHalves(buffer: ArrayBuffer): Float32Array {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, pattern) => decodeFloat16(pattern));
  const patterns = new Uint16Array(buffer);
  const values = new Float32Array(patterns.length);
  for (let index = 0; index < values.length; index++) values[index] = halves[patterns[index]!]!;
  return values;
}

function widenBrainFloats(buffer: ArrayBuffer): Float32Array {
  const patterns = new Uint16Array(buffer);
  const bits = new Uint32Array(patterns.length);
  for (let index = 0; index < bits.length; index++) bits[index] = patterns[index]! << 16;
  return new Float32Array(bits.buffer);
}
