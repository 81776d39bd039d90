// What a batch of images asks for: a context and a key for each of its masks.

import { assertInteger, type RngKey, SemmaeError } from '@semmae/core';

import type { MaskingContext } from '../masking-strategy';

/** The masks of one batch, asked for. Plain data, so that it travels to other threads. */
export interface MaskRequest {
  /** Pass over the data set; each has masks of its own. */
  readonly epoch: number;
  /** [B] the name of each image in the data set: an index or a path. Equal keys give equal masks. */
  readonly keys: readonly RngKey[];
  /** [B] all of one grid. */
  readonly contexts: readonly MaskingContext[];
}

/** How the batches of a pipeline become requests. */
export interface BatchDescription<Batch> {
  /** Pass over the data set, an integer from 0. Default 0. */
  epoch?: number | undefined;
  /**
   * The key of each image, from which alone (with seed and epoch) its randomness comes: its index in the data set, or its
   * path. Never its place in the batch, which changes when the data is shuffled.
   */
  keysOf(batch: Batch): ArrayLike<RngKey> | Promise<ArrayLike<RngKey>>;
  /** What the strategy may look at for one image of the batch; `progress` is yours to tell. */
  contextOf(batch: Batch, image: number): MaskingContext | Promise<MaskingContext>;
}

/** The request of one batch. Throws on keys that are neither text nor integers, which would name the same stream twice. */
export async function requestOf<Batch>(
  where: string,
  batch: Batch,
  { epoch = 0, keysOf, contextOf }: BatchDescription<Batch>,
): Promise<MaskRequest> {
  assertInteger(where, 'epoch', epoch, { least: 0 });
  const keys = Array.from(await keysOf(batch));
  for (const key of keys) {
    if (typeof key === 'string' || Number.isSafeInteger(key)) continue;
    throw new SemmaeError({
      where,
      requirement: 'keysOf must give a string or an integer for each image',
      got: key,
      remedy: "an image's index in the data set or its path will do",
    });
  }
  const contexts = await Promise.all(keys.map((_, image) => contextOf(batch, image)));
  return { epoch, keys, contexts };
}
