// Cuts an epoch into batches of image indices.

import { assertInteger, type Rng, SemmaeError } from '@semmae/core';

import { epochOrder } from './epoch-order';

export interface BatchesOptions {
  /** Number of images: a data set, or a count. */
  length: number | { readonly length: number };
  batchSize: number;
  /** Needed to shuffle; two calls with streams of the same name give the same batches. */
  rng?: Rng;
  /** From 0. Every epoch has its own order. Default 0. */
  epoch?: number;
  /** Visit the images in random order. Default true. */
  shuffle?: boolean;
  /** Leave out a last batch that is not full. Default false. */
  dropLast?: boolean;
  /** Batches to leave out at the start, to go on in the middle of an epoch. Default 0. */
  skip?: number;
}

/** The batches of one epoch, each a list of indices [B]. */
export function* batches(options: BatchesOptions): Generator<Int32Array, void, undefined> {
  const { length, batchSize, rng, epoch = 0, shuffle = true, dropLast = false, skip = 0 } = options;
  const count = typeof length === 'number' ? length : length.length;
  assertInteger('batches', 'length', count);
  assertInteger('batches', 'batchSize', batchSize);
  assertInteger('batches', 'epoch', epoch, { least: 0 });
  assertInteger('batches', 'skip', skip, { least: 0 });
  const order = shuffle ? epochOrder(requireRng(rng), epoch, count) : Int32Array.from({ length: count }, (_, i) => i);
  if (dropLast && count < batchSize) {
    throw new SemmaeError({
      where: 'batches',
      requirement: `batchSize must be at most the ${count} images where a last batch that is not full is dropped`,
      got: batchSize,
      remedy: 'choose a smaller one, or dropLast: false',
    });
  }
  const end = dropLast ? count - (count % batchSize) : count;
  for (let start = skip * batchSize; start < end; start += batchSize) {
    yield order.subarray(start, Math.min(start + batchSize, end));
  }
}

function requireRng(rng: Rng | undefined): Rng {
  if (rng !== undefined) return rng;
  throw new SemmaeError({
    where: 'batches',
    requirement: 'shuffling needs an rng',
    got: rng,
    remedy: 'pass createRng(seed), or shuffle: false',
  });
}
