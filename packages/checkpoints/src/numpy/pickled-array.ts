// Arrays and scalars of NumPy in a pickle.

import { isKind, type PickleValue } from '../pickle/pickle-values';
import { bytesOf } from '../pickle/python-values';
import { decodeValues } from '../tensors/decode-values';
import { mostAxes, rowMajor, type StridedTensor } from '../tensors/strided-tensor';
import { byteLengthOf, type TensorType, tensorTypes } from '../tensors/tensor-types';
import { numpyType } from './numpy-type';

/** The number that `numpy.float64(0.5)` is, or the boolean; undefined for what is no scalar of NumPy. */
export function pickledScalar(value: PickleValue): number | bigint | boolean | undefined {
  const [type, values] = parametersOf(value, /^numpy\._?core\.multiarray\.scalar$/) ?? [];
  const [number, bytes] = [pickledType(type), bytesOf(values)];
  if (number === undefined || bytes?.length !== tensorTypes[number.dtype].bytes) return undefined;
  const [decoded] = decodeValues('a scalar', number.dtype, bytes.slice().buffer, number);
  return number.dtype === 'BOOL' ? decoded !== 0 : decoded;
}

/** Undefined for what is no array of NumPy, or one of other things than numbers. */
export function pickledArray(value: PickleValue): StridedTensor | undefined {
  const parts = arrayParts(value);
  const [number, bytes] = [pickledType(parts.type), bytesOf(parts.values)];
  const shape = isKind(parts.shape, 'list') ? (parts.shape.items as number[]) : undefined;
  if (number === undefined || bytes === undefined || shape === undefined) return undefined;
  const { dtype, bigEndian } = number;
  if (shape.length > mostAxes || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return undefined;
  if (byteLengthOf(dtype, shape) !== bytes.length) return undefined;
  const strides = parts.columnsFirst ? rowMajor(shape.toReversed()).reverse() : rowMajor(shape);
  const storage = {
    ...{ size: bytes.length, bigEndian },
    bytes: async (start: number, length: number) => bytes.slice(start, start + length).buffer as ArrayBuffer,
  };
  return { dtype, shape, strides, offset: 0, storage };
}

interface ArrayParts {
  type?: PickleValue | undefined;
  shape?: PickleValue | undefined;
  columnsFirst?: boolean;
  values?: PickleValue | undefined;
}

function arrayParts(value: PickleValue): ArrayParts {
  const [buffer, bufferType, bufferShape, order] = parametersOf(value, /^numpy\._?core\.numeric\._frombuffer$/) ?? [];
  if (buffer !== undefined)
    return { type: bufferType, shape: bufferShape, columnsFirst: order === 'F', values: buffer };
  const isArray = parametersOf(value, /^numpy\._?core\.multiarray\._reconstruct$/) !== undefined;
  const state = isArray && isKind(value, 'object') ? value.state : undefined;
  const [, shape, type, columnsFirst, values] = isKind(state, 'list') ? state.items : [];
  return { type, shape, columnsFirst: columnsFirst === true, values };
}

/** `numpy.dtype('f4', ...)` with its state (version, order of bytes, ...). */
function pickledType(value: PickleValue | undefined): { dtype: TensorType; bigEndian: boolean } | undefined {
  const [name] = parametersOf(value, /^numpy\.dtype$/) ?? [];
  const state = isKind(value, 'object') ? value.state : undefined;
  const order = isKind(state, 'list') ? state.items[1] : undefined;
  return typeof name === 'string' ? numpyType(order === '>' ? `>${name}` : name) : undefined;
}

function parametersOf(value: PickleValue | undefined, callee: RegExp): readonly PickleValue[] | undefined {
  if (!isKind(value, 'object') || !isKind(value.callee, 'global')) return undefined;
  return callee.test(value.callee.name) ? value.parameters : undefined;
}
