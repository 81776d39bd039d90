// The names that NumPy has for number types.

import type { TensorType } from '../tensors/tensor-types';

const types: Readonly<Record<string, TensorType>> = {
  ...{ f8: 'F64', f4: 'F32', f2: 'F16', b1: 'BOOL' },
  ...{ i8: 'I64', i4: 'I32', i2: 'I16', i1: 'I8' },
  ...{ u8: 'U64', u4: 'U32', u2: 'U16', u1: 'U8' },
};

/** Of `<f4`, where the first character is the order of bytes; undefined where it is no type of numbers that tensors have. */
export function numpyType(name: string): { dtype: TensorType; bigEndian: boolean } | undefined {
  const [, order, type] = /^([<>|=]?)([a-z]\d)$/.exec(name) ?? [];
  const dtype = type !== undefined && Object.hasOwn(types, type) ? types[type] : undefined;
  return dtype === undefined ? undefined : { dtype, bigEndian: order === '>' };
}
