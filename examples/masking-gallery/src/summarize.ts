// What the gallery shows of one strategy: statistics over many masks, and the first few of them.

import { createRng } from '@semmae/core';
import { type BatchMaskingStrategy, type MaskingContext, type MaskingStrategy, maskStatistics } from '@semmae/masking';
import type { MaskingSummary } from '@semmae/report';

import type { GalleryStrategy } from './strategies';

export const batchSize = 64;
const exampleCount = 3;

export interface GalleryRow extends MaskingSummary {
  name: string;
  group: string;
  detail: string;
}

/** Draws `draws` masks. The same seed gives the same row, whichever other strategies are drawn. Throws what the strategy throws. */
export function summarize(
  { name, title, detail, family: group, create }: GalleryStrategy,
  context: MaskingContext,
  { draws, seed }: { draws: number; seed: number },
): GalleryRow {
  const strategy = create();
  const { frequency, counts } = maskStatistics(strategy, context, {
    draws,
    batchSize,
    rng: createRng(seed).split(name, 'statistics'),
  });
  return { name, title, detail, group, frequency, counts, masks: exampleMasks(strategy, context, seed, name) };
}

/** Different examples, if there are any: masks that hide nothing say little, so those that hide something come first. */
function exampleMasks(
  strategy: MaskingStrategy | BatchMaskingStrategy,
  context: MaskingContext,
  seed: number,
  name: string,
): Int32Array[] {
  const rng = createRng(seed).split(name, 'examples');
  const drawn =
    'sampleBatch' in strategy
      ? strategy.sampleBatch(new Array<MaskingContext>(batchSize).fill(context), rng)
      : Array.from({ length: 2 * exampleCount }, () => strategy.sample(context, rng));
  const masks = drawn.map(({ masked }) => masked);
  return [...masks.filter(({ length }) => length > 0), ...masks].slice(0, exampleCount);
}
