// Names for the tensors in a tree of dictionaries, lists and objects, and what else is in it.

import { SemmaeError } from '@semmae/core';

import { pickledArray, pickledScalar } from '../numpy/pickled-array';
import { isKind, type PickleObject, type PickleValue } from '../pickle/pickle-values';
import { breadthOf, bytesOf, className, fieldsOf, itemsOf, pairsOf } from '../pickle/python-values';
import type { StridedTensor } from '../tensors/strided-tensor';
import { type Checkpoint, isForeign, rebuildTensor } from './rebuild-tensor';

/**
 * Bytes, about, of names and values. A full training run of a ViT-g has some 200 kB; shared values, which count once for each place,
 * could make a small file endless.
 */
const mostMemory = 2 ** 25;
const memoryOf = { value: 8, group: 64, tensor: 256 };
const mostLevels = 100;
const longestName = 1000;
const [mostKeyItems, longestKeyItem] = [8, 100];

/** Stands for what has no place among the extras: a tensor, or a group of nothing but tensors. */
const tensors = Symbol('tensors');

export interface TensorTree {
  entries: ReadonlyMap<string, StridedTensor>;
  extras: Readonly<Record<string, unknown>>;
}

/**
 * Tensors have the keys that lead to them as their name, joined by dots. A checkpoint that is a tensor has it as `tensor`, one that is
 * something else has that as the extra `value`.
 *
 * Attributes of dictionaries, such as the `_metadata` of a state dict, are left out. The parameters, buffers and modules of a pickled
 * `torch.nn.Module` are named as in its state dict.
 */
export function tensorTree(checkpoint: Checkpoint, root: PickleValue): TensorTree {
  const { where } = checkpoint;
  const entries = new Map<string, StridedTensor>();
  const arrays = new Map<PickleValue, ReturnType<typeof arrayOrBytes>>(); // what their text becomes, once for each
  const ancestors = new Set<PickleValue>();
  let memory = 0;

  function visit(value: PickleValue, prefix: string, key: string): unknown {
    memory += memoryOf.value;
    if (typeof value !== 'object' || value === null) return plainNumber(value);
    const name = prefix === '' ? key : `${prefix}.${key}`;
    memory += memoryOf.group + name.length + breadthOf(value);
    assertBounds(name);
    if (ancestors.has(value)) return { repeats: isKind(value, 'object') ? className(value) : 'what it is in' };
    ancestors.add(value);
    const plain = visitGroup(value, name);
    ancestors.delete(value);
    return plain;
  }

  function visitGroup(value: Exclude<PickleValue, null | boolean | number | bigint | string>, name: string): unknown {
    const data = arrays.get(value) ?? arrayOrBytes(value);
    if (data !== undefined) arrays.set(value, data);
    const tensor = rebuildTensor(checkpoint, name || 'tensor', value) ?? data?.array;
    if (tensor !== undefined) {
      if (isForeign(tensor)) return tensor;
      if (entries.has(name || 'tensor')) throw unsound('must have a name of its own for each tensor', `${name} twice`);
      memory += memoryOf.tensor;
      entries.set(name || 'tensor', tensor);
      return tensors;
    }
    const scalar = pickledScalar(value);
    if (scalar !== undefined) return plainNumber(scalar);
    if (data?.bytes !== undefined) return { class: 'bytes', length: data.bytes.length };
    const pairs = pairsOf(value);
    if (pairs !== undefined) return visitPairs(pairs, name) ?? tensors;
    const items = itemsOf(value);
    if (items !== undefined) return visitItems(items, name);
    if (isKind(value, 'global')) return { global: value.name };
    return isKind(value, 'object') ? visitObject(value, name) : { class: 'an object outside of the file' };
  }

  /** Undefined for pairs of nothing but tensors. */
  function visitPairs(pairs: [PickleValue, PickleValue][], name: string): Record<string, unknown> | undefined {
    const plain = pairs.map(([key, value]) => [keyText(key), visit(value, name, keyText(key))] as const);
    const kept = plain.filter(([, value]) => value !== tensors);
    return kept.length === 0 && plain.length > 0 ? undefined : Object.fromEntries(kept);
  }

  function visitItems(items: readonly PickleValue[], name: string): unknown {
    const plain = items.map((item, index) => visit(item, name, String(index)));
    if (plain.length > 0 && plain.every((item) => item === tensors)) return tensors;
    return plain.map((item, index) => (item === tensors ? { tensor: `${name}.${index}` } : item));
  }

  function visitObject(object: PickleObject, name: string): unknown {
    const { parameters, appended, items } = object;
    const pairs: [PickleValue, PickleValue][] = withoutModule(fieldsOf(object));
    if (items.length > 0) pairs.unshift(['items', { kind: 'dictionary', items }]);
    if (appended.length > 0) pairs.unshift(['appended', { kind: 'list', items: appended }]);
    if (parameters.length > 0) pairs.unshift(['args', { kind: 'list', items: [...parameters] }]);
    const plain = Object.entries(visitPairs(pairs, name) ?? {}).filter(([key]) => key !== 'class');
    return Object.fromEntries([['class', className(object)], ...plain]);
  }

  function assertBounds(name: string): void {
    if (ancestors.size > mostLevels) throw unsound(`must nest at most ${mostLevels} deep`, 'more');
    if (name.length > longestName)
      throw unsound(`must have names of at most ${longestName} characters`, `${name.slice(0, 50)}…`);
    if (memory > mostMemory) throw unsound(`must have names and values of at most ${mostMemory} bytes`, 'more');
  }

  function unsound(requirement: string, got: string): SemmaeError {
    return new SemmaeError({ where, requirement, got });
  }

  const plain = visit(root, '', '');
  if (plain === tensors) return { entries, extras: {} };
  const isRecord = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
  return { entries, extras: isRecord ? (plain as Record<string, unknown>) : { value: plain } };
}

const moduleParts = ['_parameters', '_buffers', '_modules'];

/** The parts of a module stand in the module itself, as its state dict has them. */
function withoutModule(fields: [PickleValue, PickleValue][]): [PickleValue, PickleValue][] {
  const parts = fields.filter(([name]) => moduleParts.includes(name as string));
  if (parts.length !== moduleParts.length) return fields;
  return [
    ...fields.filter(([name]) => !moduleParts.includes(name as string)),
    ...parts.flatMap(([, part]) => pairsOf(part) ?? []),
  ];
}

/** Undefined for other values than NumPy's arrays and bytes. */
function arrayOrBytes(value: PickleValue): { array?: StridedTensor; bytes?: Uint8Array } | undefined {
  const array = pickledArray(value);
  if (array !== undefined) return { array };
  const bytes = bytesOf(value);
  return bytes && { bytes };
}

/** As Python would print it. */
function keyText(key: PickleValue): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'bigint') return String(key);
  if (typeof key === 'boolean') return key ? 'True' : 'False';
  if (key === null) return 'None';
  const items = itemsOf(key);
  if (items === undefined) return isKind(key, 'global') ? key.name : 'an object';
  const words = items
    .slice(0, mostKeyItems)
    .map((item) => (typeof item === 'object' && item !== null ? '…' : keyText(item).slice(0, longestKeyItem)));
  return `(${words.join(', ')})`;
}

/** JSON has no integers beyond 2^53; those are text. */
function plainNumber(value: string | number | bigint | boolean | null): string | number | boolean | null {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
