// Tensors of PyTorch from what its pickles say of them.

import { SemmaeError } from '@semmae/core';

import { isKind, type PickleObject, type PickleValue } from '../pickle/pickle-values';
import { assertStrided, mostAxes, type StoredBytes, type StridedTensor } from '../tensors/strided-tensor';
import type { TensorType } from '../tensors/tensor-types';
import { isSize, type StorageReference, storageReference } from './storage-reference';
import { torchType } from './storage-types';

export interface Checkpoint {
  /** For messages. */
  where: string;
  /** Of the whole file. */
  fileBytes: number;
  /** Where the values of a storage are, from its beginning. Throws a SemmaeError where the file does not have them. */
  storageOf(reference: StorageReference): StoredBytes;
}

/** A tensor of a type that has no place here. */
export interface ForeignTensor {
  class: 'torch.Tensor';
  type: string;
  shape: readonly number[];
}

/** Functions that PyTorch names for the tensors it pickles, by their parameters. These are all that is recognized. */
const rebuilds: Readonly<Record<string, 'tensor' | 'typed tensor' | 'first' | 'call'>> = {
  'torch._utils._rebuild_tensor': 'tensor', // storage, offset, size, stride
  'torch._utils._rebuild_tensor_v2': 'tensor', // and requires_grad, hooks
  'torch._utils._rebuild_tensor_v3': 'typed tensor', // and dtype
  'torch._utils._rebuild_parameter': 'first', // tensor, requires_grad, hooks
  'torch._utils._rebuild_parameter_with_state': 'first',
  'torch._tensor._rebuild_from_type_v2': 'call', // function, class, its parameters, state
};

const mostLayers = 8;

/** Undefined for what is no tensor. Throws a SemmaeError for one whose values lie outside of its storage. */
export function rebuildTensor(
  checkpoint: Checkpoint,
  name: string,
  value: PickleValue,
  layers = 0,
): StridedTensor | ForeignTensor | undefined {
  const { where } = checkpoint;
  if (isKind(value, 'reference')) {
    const reference = storageReference(where, value);
    const size = reference?.view?.size ?? reference?.size ?? 0;
    return reference && tensorIn(checkpoint, name, reference, { offset: 0, shape: [size], strides: [1] });
  }
  if (!isKind(value, 'object') || !isKind(value.callee, 'global')) return undefined;
  const rebuild = Object.hasOwn(rebuilds, value.callee.name) ? rebuilds[value.callee.name] : undefined;
  if (rebuild === undefined) return undefined;
  if (layers === mostLayers) throw unsound(where, name, 'a tensor of a tensor of a tensor');
  const [first = null, second, third, fourth] = value.parameters;
  if (rebuild === 'first') return rebuildTensor(checkpoint, name, first, layers + 1);
  if (rebuild === 'call') {
    const parameters = isKind(third, 'list') ? third.items : [];
    const call: PickleObject = { kind: 'object', callee: first, parameters, appended: [], items: [] };
    return rebuildTensor(checkpoint, name, call, layers + 1);
  }
  const reference = isKind(first, 'reference') ? storageReference(where, first) : undefined;
  const [shape, strides] = [sizesOf(third), sizesOf(fourth)];
  if (reference === undefined || !isSize(second) || shape === undefined || strides === undefined) {
    throw unsound(where, name, `other parameters of ${value.callee.name}`);
  }
  const view = { offset: second, shape, strides };
  const type = value.parameters[6];
  if (rebuild === 'tensor') return tensorIn(checkpoint, name, reference, view);
  if (!isKind(type, 'global')) throw unsound(where, name, 'no type');
  return tensorIn(checkpoint, name, { ...reference, dtype: torchType(type.name), type: type.name }, view);
}

export function isForeign(tensor: StridedTensor | ForeignTensor): tensor is ForeignTensor {
  return 'class' in tensor;
}

function tensorIn(
  { where, fileBytes, storageOf }: Checkpoint,
  name: string,
  reference: Omit<StorageReference, 'dtype'> & { dtype?: TensorType | undefined },
  { offset, shape, strides }: { offset: number; shape: number[]; strides: number[] },
): StridedTensor | ForeignTensor {
  const { dtype, type, view, ...storage } = reference;
  if (dtype === undefined) return { class: 'torch.Tensor', type, shape };
  const tensor = {
    dtype,
    shape,
    strides,
    offset: offset + (view?.offset ?? 0),
    storage: storageOf({ ...storage, type }),
  };
  assertStrided(where, name, tensor, fileBytes);
  return tensor;
}

function sizesOf(value: PickleValue | undefined): number[] | undefined {
  const items = isKind(value, 'list') && value.items.length <= mostAxes ? value.items : undefined;
  return items?.every(isSize) ? items : undefined;
}

function unsound(where: string, name: string, got: string): SemmaeError {
  return new SemmaeError({ where, requirement: `${name} must be a tensor as PyTorch writes them`, got });
}
