// The JSON header of a safetensors file, and nothing that is not exactly one.

import { SemmaeError } from '@semmae/core';

import type { TensorEntry } from '../tensors/tensor-file';
import { byteLengthOf, type TensorType, tensorTypes } from '../tensors/tensor-types';
import { strictJson } from './strict-json';

/** `{`, which the format asks to come first. */
const brace = 0x7b;

/** Far above those that exist. */
const longestName = 1000;

/** The header, a tensor, its shape. */
const deepest = 3;

export interface StoredTensor extends TensorEntry {
  /** Bytes from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  metadata: Readonly<Record<string, string>>;
  /** In the order of the header. */
  entries: ReadonlyMap<string, StoredTensor>;
  dataBytes: number;
}

/**
 * Throws a SemmaeError unless the header is an object of tensors that follow one another without gap or overlap, under names that
 * occur once, and of text in `__metadata__`.
 */
export function parseHeader(path: string, bytes: ArrayBuffer): SafetensorsHeader {
  const { __metadata__: metadata = {}, ...tensors } = parseObject(path, bytes);
  for (const [key, text] of Object.entries(groupOf(path, '__metadata__', metadata))) {
    if (typeof text !== 'string') throw foreign(path, `${JSON.stringify(text)} as its ${key}, which is no text`);
  }
  const entries = new Map(Object.entries(tensors).map(([name, entry]) => [name, parseEntry(path, name, entry)]));
  let dataBytes = 0;
  const inPlace = [...entries].sort(([, one], [, other]) => one.begin - other.begin || one.end - other.end);
  for (const [name, { begin, end }] of inPlace) {
    if (begin !== dataBytes) throw foreign(path, `${name} at byte ${begin} of the values, where ${dataBytes} follows`);
    dataBytes = end;
  }
  return { metadata: metadata as Record<string, string>, entries, dataBytes };
}

function parseObject(path: string, bytes: ArrayBuffer): Record<string, unknown> {
  try {
    const [first] = new Uint8Array(bytes, 0, 1);
    if (first !== brace) throw new Error('JSON that is no object');
    return strictJson(bytes, deepest);
  } catch (cause) {
    throw foreign(path, `a header of ${(cause as Error).message}`);
  }
}

function parseEntry(path: string, name: string, value: unknown): StoredTensor {
  if (name.length > longestName) throw foreign(path, `a name of ${name.length} characters`);
  const { dtype, shape, data_offsets: offsets } = groupOf(path, name, value);
  if (typeof dtype !== 'string' || !Object.hasOwn(tensorTypes, dtype)) {
    const requirement = `${name} must have one of the types ${Object.keys(tensorTypes).join(', ')}`;
    const remedy = typeof dtype === 'string' && /^F[468]_/.test(dtype) ? 'convert it to F16 first' : undefined;
    throw new SemmaeError({ where: path, requirement, got: dtype, remedy });
  }
  const [begin, end] = isSizes(offsets) && offsets.length === 2 ? (offsets as [number, number]) : [0, Number.NaN];
  if (isSizes(shape) && end - begin === byteLengthOf(dtype as TensorType, shape)) {
    return { dtype: dtype as TensorType, shape, begin, end };
  }
  throw foreign(path, `${name}, ${dtype} of shape ${JSON.stringify(shape)} at ${JSON.stringify(offsets)}`);
}

function groupOf(path: string, name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw foreign(path, `${JSON.stringify(value)} as ${name}`);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

export function foreign(path: string, got: string): SemmaeError {
  return new SemmaeError({ where: path, requirement: 'must be a file in safetensors format', got });
}
