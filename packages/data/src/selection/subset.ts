// Some images of a data set, as a data set.

import { assertInteger, SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import type { ImageDataset } from '../image-dataset';
import { lastAtMost } from '../last-at-most';

/** The images of `dataset` at `indices`, in their order. Nothing is copied; names and classes stay, and shards unless the order leads back to an earlier one. */
export function subset(dataset: ImageDataset, indices: ArrayLike<number>): ImageDataset {
  const chosen = Int32Array.from(indices, (index) => {
    assertIndex('subset', index, dataset.length);
    return index;
  });
  assertInteger('subset', 'the number of indices', chosen.length);
  if (new Set(chosen).size < chosen.length) {
    throw new SemmaeError({ where: 'subset', requirement: 'indices must be distinct', got: chosen });
  }
  const inner = (index: number) => {
    assertIndex('subset', index, chosen.length);
    return chosen[index]!;
  };
  return {
    name: dataset.name,
    length: chosen.length,
    classNames: dataset.classNames,
    partNames: dataset.partNames,
    leftOut: dataset.leftOut,
    form: dataset.form,
    shardStarts: dataset.shardStarts && shardStartsOf(chosen, dataset.shardStarts),
    get: async (index) => dataset.get(inner(index)),
    idAt: (index) => dataset.idAt(inner(index)),
    labelAt: dataset.labelAt && ((index) => dataset.labelAt!(inner(index))),
    sample: async (index) => dataset.sample(inner(index)),
    fingerprint: async (index) => dataset.fingerprint(inner(index)),
    leaveOut: (image) => dataset.leaveOut(image),
  };
}

/** Where each shard begins among the chosen images; undefined where a shard follows a later one. */
function shardStartsOf(chosen: Int32Array, shardStarts: ArrayLike<number>): number[] | undefined {
  const starts: number[] = [];
  let shard = -1;
  for (const [place, index] of chosen.entries()) {
    const own = lastAtMost(shardStarts, index);
    if (own < shard) return undefined;
    if (own > shard) starts.push(place);
    shard = own;
  }
  return starts;
}
