// Samples the masks of a whole batch straight into its index arrays.

import { type Rng, SemmaeError } from '@semmae/core';

import { batchOfHidden } from './batch-of-hidden';
import { hideWith } from './hide-with';
import { type MaskBatch, type MaskBatchOptions, maskBatch } from './mask-batch';
import type { BatchMaskingStrategy, MaskingContext, MaskingStrategy } from './masking-strategy';

export interface SampleBatchOptions extends MaskBatchOptions {
  /** A batch that is no longer needed: its arrays are overwritten, and serve again where their lengths fit. */
  reuse?: MaskBatch | undefined;
}

/**
 * One mask for each context (all of one grid), stacked. The same as `maskBatch` of the samples, without an allocation for each
 * mask where the strategy can `hide`.
 *
 * `rng` is one stream, from which the images draw one after the other, or a function that gives each image of the batch
 * a stream of its own: `(image) => rng.split('mask', epoch, indices[image]!)` makes the mask of a photograph depend
 * neither on its batch nor on the number of workers. Strategies that decide for batches take one stream.
 *
 * Throws when there is no context, when grids differ, when counts differ without `padding`, and what the strategy throws.
 */
export function sampleBatch(
  strategy: MaskingStrategy | BatchMaskingStrategy,
  contexts: readonly MaskingContext[],
  rng: Rng | ((image: number) => Rng),
  { padding = false, reuse }: SampleBatchOptions = {},
): MaskBatch {
  const patchCount = sharedPatchCount(contexts);
  const length = contexts.length * patchCount;
  const hidden = reuse?.hidden.length === length ? reuse.hidden : new Uint8Array(length); // [B, N]
  if ('sampleBatch' in strategy) {
    if (typeof rng === 'function') throw oneStreamNeeded(strategy.name);
    if (strategy.hideBatch === undefined) return maskBatch(strategy.sampleBatch(contexts, rng), { padding });
    strategy.hideBatch(contexts, hidden, rng);
  } else {
    const row = new Uint8Array(patchCount);
    for (let image = 0; image < contexts.length; image++) {
      hideWith(strategy, contexts[image]!, row, typeof rng === 'function' ? rng(image) : rng);
      hidden.set(row, image * patchCount);
    }
  }
  return batchOfHidden('sampleBatch', hidden, patchCount, { padding, reuse });
}

/** N, the same in all contexts. */
function sharedPatchCount(contexts: readonly MaskingContext[]): number {
  const [first] = contexts;
  if (first === undefined) {
    throw new SemmaeError({ where: 'sampleBatch', requirement: 'there must be at least one context', got: 'none' });
  }
  const { rows, columns, patchCount } = first.grid;
  for (let image = 1; image < contexts.length; image++) {
    const { grid } = contexts[image]!;
    if (grid.rows === rows && grid.columns === columns) continue;
    throw new SemmaeError({
      where: 'sampleBatch',
      requirement: `every context must have the grid of the first (${rows} x ${columns})`,
      got: `${grid.rows} x ${grid.columns} in image ${image}`,
      remedy: 'images of different grids need batches of their own',
    });
  }
  return patchCount;
}

function oneStreamNeeded(name: string): SemmaeError {
  return new SemmaeError({
    where: 'sampleBatch',
    requirement: `rng must be one stream for ${name}, whose images share draws`,
    got: 'a function',
    remedy: "pass a stream named by the batch, such as rng.split('mask', epoch, batch)",
  });
}
