// The names that PyTorch has for number types.

import { type TensorType, tensorTypes } from '../tensors/tensor-types';

export interface StorageType {
  /** Bytes of a value. */
  bytes: number;
  /** Undefined for complex and quantized numbers and those of 8 bits, which have no place here. */
  dtype?: TensorType;
}

const storages: Readonly<Record<string, TensorType>> = {
  ...{ Double: 'F64', Float: 'F32', Half: 'F16', BFloat16: 'BF16', Bool: 'BOOL' },
  ...{ Long: 'I64', Int: 'I32', Short: 'I16', Char: 'I8', Byte: 'U8', Untyped: 'U8' },
};

/** Bytes of those that are known and not read. */
const others: Readonly<Record<string, number>> = {
  ...{ ComplexHalf: 4, ComplexFloat: 8, ComplexDouble: 16 },
  ...{ QInt8: 1, QUInt8: 1, QInt32: 4, QUInt4x2: 1, QUInt2x4: 1 },
};

/** Of the types that have no storage of their own, and name themselves beside one of bytes. */
const types: Readonly<Record<string, TensorType>> = {
  ...{ float64: 'F64', float32: 'F32', float16: 'F16', bfloat16: 'BF16', bool: 'BOOL' },
  ...{ int64: 'I64', int32: 'I32', int16: 'I16', int8: 'I8' },
  ...{ uint64: 'U64', uint32: 'U32', uint16: 'U16', uint8: 'U8' },
};

/** Of a class such as `torch.HalfStorage`, `torch.cuda.HalfStorage` or `torch.storage.UntypedStorage`; undefined for what is none. */
export function storageType(name: string): StorageType | undefined {
  const [, kind] = /^torch\.(?:cuda\.|storage\.)?(\w+)Storage$/.exec(name) ?? [];
  if (kind === undefined) return undefined;
  if (Object.hasOwn(storages, kind)) return { bytes: tensorTypes[storages[kind]!].bytes, dtype: storages[kind]! };
  return Object.hasOwn(others, kind) ? { bytes: others[kind]! } : undefined;
}

/** Of `torch.uint16`; undefined for those that have no place here. */
export function torchType(name: string): TensorType | undefined {
  const [, type] = /^torch\.(\w+)$/.exec(name) ?? [];
  return type !== undefined && Object.hasOwn(types, type) ? types[type] : undefined;
}
