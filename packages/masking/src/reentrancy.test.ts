// Strategies may be interleaved, and one may mask inside a random number of another: none shares memory with another.

import { createPatchGrid, createRng, type Rng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { attentionMasking } from './attention/attention-masking';
import { lowAttentionMasking } from './attention/low-attention-masking';
import { publishedAttentionMasking } from './attention/published-attention-masking';
import { blockMasking } from './blocks/block-masking';
import { unitMasking } from './blocks/unit-masking';
import { corruptionMasking, publishedCorruptionMasking } from './corruption/corruption-masking';
import { fixCount } from './fix-count';
import type { BatchMaskingStrategy, MaskingContext, MaskingStrategy } from './masking-strategy';
import { multiBlockMasking } from './multi-block/multi-block-masking';
import { colorMasking, publishedColorMasking } from './noise/color-masking';
import { randomMasking } from './random-masking';
import { ibotMasking } from './ratios/ibot-masking';
import { ratioMasking } from './ratios/ratio-masking';
import { randomSquareMasking } from './regions/random-square-masking';
import { publishedRegionMasking, regionMasking } from './regions/region-masking';
import { sampleBatch } from './sample-batch';
import { selectHighest } from './selection/select-highest';
import { partQuota } from './semantic/part-quota';
import { semanticMasking } from './semantic/semantic-masking';
import { userMasking } from './user/user-masking';

const strategies: Record<string, () => MaskingStrategy | BatchMaskingStrategy> = {
  random: () => randomMasking(),
  unit: () => unitMasking({ unit: 2 }),
  block: () => blockMasking({ minimumBlock: 4 }),
  corruption: () => corruptionMasking(),
  'published corruption': () => publishedCorruptionMasking(),
  high: () => attentionMasking(),
  hint: () => attentionMasking({ mode: 'hint', hintPool: 0.9, maskRatio: 0.3 }),
  'published hint': () => publishedAttentionMasking({ mode: 'hint' }),
  'low attention': () => lowAttentionMasking({ fraction: 0.5, fixedCount: true }),
  semantic: () => semanticMasking(),
  'published semantic': () => semanticMasking({ faithful: true }),
  color: () => colorMasking({ bank: 3 }),
  'published color': () => publishedColorMasking({ bank: 3 }),
  'random squares': () => randomSquareMasking(),
  region: () => regionMasking(),
  'published region': () => publishedRegionMasking(),
  ibot: () => ibotMasking(),
  ratio: () => ratioMasking({ strategy: (maskedCount) => attentionMasking({ maskedCount, mode: 'hint' }) }),
  'multi-block': () => multiBlockMasking(),
  scores: () => userMasking(({ grid }, rng) => Float32Array.from({ length: grid.patchCount }, rng.uniform)),
  fixed: () => userMasking(({ grid }) => new Uint8Array(grid.patchCount), { maskedCount: 31, wrongCount: 'fix' }),
};

function images(rows: number, columns: number, seed: number): MaskingContext[] {
  const grid = createPatchGrid(rows, columns);
  const random = createRng(seed);
  return Array.from({ length: 3 }, () => ({
    grid,
    progress: 0.3,
    attention: Float32Array.from({ length: grid.patchCount }, random.uniform),
    parts: Uint8Array.from({ length: grid.patchCount }, () => random.integer(5)),
  }));
}

const outer = images(12, 14, 1);
const inner = images(14, 18, 2); // another size, so that shared memory would be replaced, too

const hiddenBy = (strategy: MaskingStrategy | BatchMaskingStrategy, contexts: readonly MaskingContext[], rng: Rng) =>
  sampleBatch(strategy, contexts, rng, { padding: true }).hidden;

/** `rng` that calls `interrupt` before every draw. */
function interrupted(rng: Rng, interrupt: () => void): Rng {
  return new Proxy(rng, {
    get(target, name: keyof Rng) {
      return (...parameters: never[]) => {
        interrupt();
        return Reflect.apply(target[name], target, parameters);
      };
    },
  });
}

describe.each(Object.keys(strategies))('%s', (name) => {
  const create = strategies[name]!;

  it('gives the same masks when other strategies mask between its own', () => {
    const alone = create();
    const rngAlone = createRng(3);
    const expected = Array.from({ length: 4 }, () => hiddenBy(alone, outer, rngAlone));
    const mixed = create();
    const rngMixed = createRng(3);
    for (const masks of expected) {
      for (const other of Object.values(strategies)) hiddenBy(other(), inner, createRng(4));
      expect(hiddenBy(mixed, outer, rngMixed)).toEqual(masks);
    }
  });

  it('gives the same masks when others mask inside its random numbers', () => {
    const others = Object.values(strategies).map((other) => other());
    let draws = 0;
    const rng = interrupted(createRng(5), () => {
      if (draws++ % 7 > 0) return; // every seventh draw, each strategy in turn
      hiddenBy(others[Math.floor(draws / 7) % others.length]!, inner, createRng(6));
      fixCount(new Uint8Array(300), 100, createRng(7));
      selectHighest(
        Float32Array.from({ length: 300 }, (_, patch) => -patch),
        100,
        new Uint8Array(300),
      );
      partQuota({ sizes: [10, 20, 30], maskedCount: 17, alpha: 0.5, order: [2, 0, 1] });
    });
    expect(hiddenBy(create(), outer, rng)).toEqual(hiddenBy(create(), outer, createRng(5)));
  });
});
