// Masks for the batches of any pipeline that iterates.

import type { MaskBatch } from '../mask-batch';
import type { BatchMaskingStrategy, MaskingStrategy } from '../masking-strategy';
import { type BatchDescription, requestOf } from './mask-request';
import { type MaskSamplerOptions, maskSampler } from './mask-sampler';

export interface WithMasksOptions<Batch> extends MaskSamplerOptions, BatchDescription<Batch> {}

/**
 * The batches of `batches`, one by one, each with its `masks`. Sampled in this thread when a batch is asked for; what the
 * strategy or the source throws ends the iteration, and ending it early ends the source.
 */
export async function* withMasks<Batch extends object>(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  strategy: MaskingStrategy | BatchMaskingStrategy,
  options: WithMasksOptions<Batch>,
): AsyncGenerator<Batch & { masks: MaskBatch }, void, undefined> {
  const sample = maskSampler(strategy, options);
  for await (const batch of batches) {
    yield { ...batch, masks: sample(await requestOf('withMasks', batch, options)) };
  }
}
