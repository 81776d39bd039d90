// What the data ids of tfjs stand for.

import { type DataId, DataStorage, engine, type KernelBackend } from '@tensorflow/tfjs-core';

import type { Value } from './graph/value';

export interface TensorData {
  refCount: number;
  /** Undefined for strings and complex numbers, which never enter a graph. */
  value: Value | undefined;
  /** Encoded strings, or real and imaginary parts in turn. */
  hostValues: Uint8Array[] | Float32Array | undefined;
}

export interface TensorStore {
  /** Whether the tensor is here. `get` moves it here from another backend. */
  has(dataId: DataId): boolean;
  get(dataId: DataId): TensorData;
  add(dataId: DataId, data: TensorData): void;
  /** Lets a tensor stand for another value from now on. */
  replaceValue(dataId: DataId, value: Value): void;
  /** Takes one reference away, and with the last one, or by `force`, the tensor. Returns whether it is gone. */
  release(dataId: DataId, force: boolean): boolean;
  readonly size: number;
  /** Values of tensors that are alive and not computed yet. */
  readonly pending: Set<Value>;
}

export function createTensorStore(backend: KernelBackend): TensorStore {
  const tensors = new DataStorage<TensorData>(backend, engine());
  const pending = new Set<Value>();
  const hold = (value: Value | undefined) => {
    if (value === undefined) return;
    value.holders++;
    if (value.storage === undefined) pending.add(value);
  };
  const letGo = (value: Value | undefined) => {
    if (value !== undefined && --value.holders === 0) pending.delete(value);
  };
  return {
    pending,
    has: (dataId) => tensors.has(dataId),
    get: (dataId) => tensors.get(dataId),
    get size() {
      return tensors.numDataIds();
    },
    add(dataId, data) {
      hold(data.value);
      tensors.set(dataId, data);
    },
    replaceValue(dataId, value) {
      const data = tensors.get(dataId);
      letGo(data.value);
      data.value = value;
      hold(value);
    },
    release(dataId, force) {
      if (!tensors.has(dataId)) return true;
      const data = tensors.get(dataId);
      data.refCount--;
      if (!force && data.refCount > 0) return false;
      letGo(data.value);
      tensors.delete(dataId);
      return true;
    },
  };
}
