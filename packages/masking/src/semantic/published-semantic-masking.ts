// Semantic masking exactly as the published code samples it, for comparisons with models that were trained so.

import type { Rng } from '@semmae/core';

import { partsOf } from '../guidance';
import { maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { strategyFromHide } from '../strategy-from-hide';
import { type AlphaSchedule, alphaAt } from './alpha-schedule';
import { partGroups } from './part-groups';
import { assignPublishedQuota } from './published-quota';
import { shuffleParts } from './shuffle-parts';

/**
 * `semanticMasking({ faithful: true })`: marks the first patches of each part in a random order of all patches, then brings
 * the marks to M = N - trunc(N * (1 - maskRatio)) in that order, whatever their part.
 */
export function publishedSemanticMasking(maskRatio: number, alpha: AlphaSchedule): MaskingStrategy {
  const maskedCountFor = maskedCountRule('semanticMasking', { maskRatio });
  const groups = partGroups();
  const quota = new Int32Array(256); // by part id
  let walk = new Int32Array(0); // [N] the patches in random order
  return strategyFromHide({
    name: 'semantic',
    guidance: 'parts',
    hide(context, hidden, rng) {
      const { patchCount } = context.grid;
      const maskedCount = maskedCountFor(patchCount);
      const parts = partsOf('semanticMasking', context);
      if (walk.length !== patchCount) walk = new Int32Array(patchCount);
      shufflePatches(walk, rng);
      groups.group(parts);
      const { sizes, order, partCount } = groups;
      shuffleParts(order, partCount, rng);
      const alphaNow = alphaAt(alpha, context.progress);
      assignPublishedQuota(quota, { sizes, order, partCount, patchCount, maskRatio, alpha: alphaNow });
      const surplus = markQuotas(walk, parts, quota, hidden) - maskedCount;
      if (surplus > 0) unmarkFirst(walk, surplus, hidden);
      if (surplus < 0) markLast(walk, -surplus, hidden);
    },
  });
}

function shufflePatches(walk: Int32Array, rng: Rng): void {
  for (let patch = 0; patch < walk.length; patch++) walk[patch] = patch;
  rng.shuffle(walk);
}

/** Hides the first `quota` patches of each part along the walk and returns how many those are; uses the quotas up. */
function markQuotas(walk: Int32Array, parts: Uint8Array, quota: Int32Array, hidden: Uint8Array): number {
  let marked = 0;
  for (let place = 0; place < walk.length; place++) {
    const patch = walk[place]!;
    const part = parts[patch]!;
    const isMarked = +(quota[part]! > 0);
    quota[part]! -= isMarked;
    hidden[patch] = isMarked;
    marked += isMarked;
  }
  return marked;
}

/** The published cut keeps what comes first when patches are sorted by their marks: first the unmarked along the walk … */
function unmarkFirst(walk: Int32Array, count: number, hidden: Uint8Array): void {
  for (let place = 0, left = count; left > 0; place++) {
    const patch = walk[place]!;
    left -= hidden[patch]!;
    hidden[patch] = 0;
  }
}

/** … and where those are too many, the last of them fall behind the cut. */
function markLast(walk: Int32Array, count: number, hidden: Uint8Array): void {
  for (let place = walk.length - 1, left = count; left > 0; place--) {
    const patch = walk[place]!;
    left -= 1 - hidden[patch]!;
    hidden[patch] = 1;
  }
}
