// Some images of a data set, as a data set.

import { assertInteger, SemmaeError } from '@semmae/core';

import { assertIndex } from '../assert-index';
import type { ImageDataset } from '../image-dataset';

/** The images of `dataset` at `indices`, in their order. Nothing is copied; names and classes stay. */
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
    get: async (index) => dataset.get(inner(index)),
    idAt: (index) => dataset.idAt(inner(index)),
    labelAt: dataset.labelAt && ((index) => dataset.labelAt!(inner(index))),
    sample: async (index) => dataset.sample(inner(index)),
    fingerprint: async (index) => dataset.fingerprint(inner(index)),
    leaveOut: (image) => dataset.leaveOut(image),
  };
}
