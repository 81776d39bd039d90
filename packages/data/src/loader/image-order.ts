// The order in which an epoch visits images: a pure function of a stream's name and the epoch, also where it follows shards.

import { assertInteger, assertRange, type Rng } from '@semmae/core';

import { epochOrder } from './epoch-order';

/** All images in uniformly random order, or shards in random order through a buffer of so many images. */
export type ImageOrder = 'uniform' | { readonly shuffleBuffer: number };

export interface ImageOrderOptions {
  length: number;
  /** Default 'uniform'. */
  order?: ImageOrder | undefined;
  /** Index of the first image of each shard. Default: one shard. */
  shardStarts?: ArrayLike<number> | undefined;
  /** Which share of every epoch is visited: each rank gets as many images, no two the same one. Default 0 of 1. */
  rank?: number | undefined;
  ranks?: number | undefined;
}

/**
 * The images that this rank visits in `epoch`, [floor(length / ranks)].
 *
 * With a shuffle buffer the shards are put in random order, images within them stay in theirs, and an image leaves the buffer whenever
 * one enters it, each with equal chance: what WebDataset does, so that archives are read from front to back. Ranks get stretches of that
 * order of shards.
 */
export function imageOrder(rng: Rng, epoch: number, options: ImageOrderOptions): Int32Array {
  const { length, order = 'uniform', shardStarts = [0], rank = 0, ranks = 1 } = options;
  assertInteger('imageOrder', 'ranks', ranks);
  assertInteger('imageOrder', 'rank', rank, { least: 0 });
  assertRange('imageOrder', 'rank', rank, 0, ranks - 1);
  const share = Math.floor(length / ranks);
  if (order === 'uniform') {
    const all = epochOrder(rng, epoch, length);
    return ranks === 1 ? all : Int32Array.from({ length: share }, (_, place) => all[place * ranks + rank]!);
  }
  assertInteger('imageOrder', 'shuffleBuffer', order.shuffleBuffer);
  const sequence = inShardOrder(rng.split('shard order', epoch), length, shardStarts);
  const own = sequence.subarray(rank * share, (rank + 1) * share);
  return throughBuffer(rng.split('shuffle buffer', epoch, rank), own, order.shuffleBuffer);
}

function inShardOrder(rng: Rng, length: number, shardStarts: ArrayLike<number>): Int32Array {
  const sequence = new Int32Array(length);
  let written = 0;
  for (const shard of rng.permutation(shardStarts.length)) {
    const end = shardStarts[shard + 1] ?? length;
    for (let index = shardStarts[shard]!; index < end; index++) sequence[written++] = index;
  }
  return sequence;
}

function throughBuffer(rng: Rng, sequence: Int32Array, size: number): Int32Array {
  const buffer = sequence.slice(0, size);
  const shuffled = new Int32Array(sequence.length);
  let written = 0;
  for (let entering = size; entering < sequence.length; entering++) {
    const place = rng.integer(buffer.length);
    shuffled[written++] = buffer[place]!;
    buffer[place] = sequence[entering]!;
  }
  shuffled.set(rng.shuffle(buffer), written);
  return shuffled;
}
