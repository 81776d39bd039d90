import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { maskFrequency } from './mask-frequency';
import { randomMasking } from './random-masking';
import { describeMaskingStrategy } from './testing';
import { visibleCount } from './visible-count';

describeMaskingStrategy(() => randomMasking());
describeMaskingStrategy(() => randomMasking({ maskRatio: 0.6 }), {
  title: 'random at 0.6',
  maskedCount: ({ patchCount }) => patchCount - visibleCount(patchCount, 0.6),
});
describeMaskingStrategy(() => randomMasking({ maskedCount: 5 }), { title: 'random, 5 patches', maskedCount: () => 5 });

describe('randomMasking', () => {
  const grid = createPatchGrid(14, 14);
  const context = { grid, progress: 0 };
  const draws = 10_000;

  it('hides every patch equally often', () => {
    const frequency = maskFrequency(randomMasking(), context, { draws, rng: createRng(1) });
    const bound = 5 * Math.sqrt((0.75 * 0.25) / draws); // 5 standard deviations of a binomial frequency
    for (const patch of frequency) expect(Math.abs(patch - 0.75)).toBeLessThan(bound);
  });

  it('hides neighbors independently but for the fixed count', () => {
    const strategy = randomMasking();
    const rng = createRng(2);
    let both = 0;
    for (let draw = 0; draw < draws; draw++) {
      const { masked } = strategy.sample(context, rng);
      if (masked.includes(97) && masked.includes(98)) both += 1;
    }
    // Hypergeometric: 147/196 * 146/195, which is a correlation of -1/195. Bound: 5 binomial standard deviations.
    const expected = (147 / 196) * (146 / 195);
    expect(Math.abs(both / draws - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / draws));
  });
});
