// Images that are in memory already: for tests, and for data that a program makes.

import { assertIndex } from '../assert-index';
import type { ImageSample, ImageSource } from './image-source';

export interface ArraySourceOptions {
  /** Default 'array'. */
  name?: string;
  /** Default the indices. */
  ids?: readonly string[];
  classNames?: readonly string[];
  partNames?: readonly string[];
}

/** `samples` as a source, in their order; nothing is copied. */
export function arraySource(samples: readonly ImageSample[], options: ArraySourceOptions = {}): ImageSource {
  const { name = 'array', ids, classNames, partNames } = options;
  const at = (index: number) => {
    assertIndex(name, index, samples.length);
    return samples[index]!;
  };
  return {
    name,
    length: samples.length,
    classNames,
    partNames,
    idAt(index) {
      assertIndex(name, index, samples.length);
      return ids?.[index] ?? String(index);
    },
    labelAt: (index) => at(index).label,
    read: async (index) => at(index),
  };
}
