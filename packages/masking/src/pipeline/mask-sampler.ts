// The masks of a batch as a function of seed, epoch and keys: whoever asks, in whatever order, gets the same.

import { createRng } from '@semmae/core';

import type { MaskBatch } from '../mask-batch';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { sampleBatch } from '../sample-batch';
import type { MaskRequest } from './mask-request';

export interface MaskSamplerOptions {
  seed: number;
  /** Lets counts differ between images and pads rows, as in `maskBatch`. Default false. */
  padding?: boolean | undefined;
}

export type MaskSampler = (request: MaskRequest) => MaskBatch;

/**
 * Samples the mask of each image from `createRng(seed).split('mask', epoch, key)`: it depends neither on the order of
 * the batches, nor on what else is in its batch, nor on who samples it. A strategy that decides for whole batches draws
 * from one stream named by all keys of the batch, so there the mates of an image matter, but not the order of batches.
 */
export function maskSampler(
  strategy: MaskingStrategy | BatchMaskingStrategy,
  { seed, padding = false }: MaskSamplerOptions,
): MaskSampler {
  const rng = createRng(seed);
  return ({ epoch, keys, contexts }) => {
    const ofEpoch = rng.split('mask', epoch);
    const streams = 'sampleBatch' in strategy ? ofEpoch.split(...keys) : (image: number) => ofEpoch.split(keys[image]!);
    return sampleBatch(strategy, contexts, streams, { padding });
  };
}
