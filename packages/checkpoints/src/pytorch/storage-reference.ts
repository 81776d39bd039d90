// What stands in a pickle of PyTorch for the values of a tensor.

import { SemmaeError } from '@semmae/core';

import { isKind, type PickleReference } from '../pickle/pickle-values';
import { type StorageType, storageType } from './storage-types';

export interface StorageReference extends StorageType {
  /** Class of the storage, for messages. */
  type: string;
  /** Of the stored bytes, which several references may share. */
  key: string;
  /** Values of the whole storage. */
  size: number;
  /** Of old files: the part of it that is meant, in values. */
  view?: { offset: number; size: number };
}

/**
 * Of `('storage', class, key, device, size)`, and in old files a view or None; undefined for other things outside of the pickle, such
 * as the source of a module's class.
 */
export function storageReference(where: string, { id }: PickleReference): StorageReference | undefined {
  const items = isKind(id, 'list') ? id.items : [];
  if (items[0] !== 'storage') return undefined;
  const [, storageClass, key, , size, view] = items;
  const type = isKind(storageClass, 'global') ? storageType(storageClass.name) : undefined;
  if (!isKind(storageClass, 'global') || type === undefined) {
    const got = isKind(storageClass, 'global') ? storageClass.name : 'none';
    throw new SemmaeError({ where, requirement: 'must have tensors in a storage of PyTorch', got });
  }
  const [, viewOffset, viewSize] = isKind(view, 'list') ? view.items : [null, 0, size];
  if (
    typeof key === 'string' &&
    isSize(size) &&
    isSize(viewOffset) &&
    isSize(viewSize) &&
    viewOffset + viewSize <= size
  ) {
    const part = isKind(view, 'list') ? { view: { offset: viewOffset, size: viewSize } } : {};
    return { ...type, type: storageClass.name, key, size, ...part };
  }
  throw new SemmaeError({
    where,
    requirement: 'must have storages with a key and a size',
    got: `another ${storageClass.name}`,
  });
}

export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
