import { readFileSync } from 'node:fs';
import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { hiddenOfHex, replayedRng } from '../__fixtures__/replayed-rng';
import { roundHalfToEven } from '../round-half-to-even';
import { describeMaskingStrategy } from '../testing';
import { attentionMasking } from './attention-masking';
import { type LowAttentionMaskingOptions, lowAttentionMasking } from './low-attention-masking';

describeMaskingStrategy(() => lowAttentionMasking({ fraction: 0.5, fixedCount: true }), {
  maskedCount: ({ patchCount }) => roundHalfToEven(0.5 * Math.floor(0.5 * patchCount)),
});
describeMaskingStrategy(() => lowAttentionMasking({ fraction: 0.5 }), {
  maskedCount: ({ patchCount }) => Math.floor(0.5 * patchCount),
  variableCount: true,
});

const grid = createPatchGrid(7, 11);
const random = createRng(2);
const attention = Float32Array.from({ length: 77 }, random.uniform);
const context = { grid, progress: 0, attention };
const lowestFirst = Array.from(attention.keys()).sort((a, b) => attention[a]! - attention[b]!);

const maskedBy = (options: LowAttentionMaskingOptions, seed = 1) => [
  ...lowAttentionMasking(options).sample(context, createRng(seed)).masked,
];

describe('lowAttentionMasking', () => {
  it('tosses a coin for each of the least attended patches and never touches the others', () => {
    const draws = 1000;
    const strategy = lowAttentionMasking({ fraction: 0.25, probability: 0.3 }); // 19 candidates
    const rng = createRng(3);
    const hidings = new Float64Array(77);
    let [total, squares] = [0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const { masked } = strategy.sample(context, rng);
      for (const patch of masked) hidings[patch]! += 1;
      total += masked.length;
      squares += masked.length ** 2;
    }
    for (const patch of lowestFirst.slice(19)) expect(hidings[patch]).toBe(0);
    for (const patch of lowestFirst.slice(0, 19))
      expect(Math.abs(hidings[patch]! / draws - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / draws));
    // Binomial(19, 0.3): mean 5.7, variance 3.99; the variance of a sample deviates by about √(2 / draws) of itself.
    expect(Math.abs(total / draws - 5.7)).toBeLessThan(5 * Math.sqrt(3.99 / draws));
    expect(Math.abs(squares / draws - (total / draws) ** 2 - 3.99)).toBeLessThan(5 * 3.99 * Math.sqrt(2 / draws));
  });

  it('is AttMask-Low at probability 1, and nothing at 0', () => {
    const low = attentionMasking({ mode: 'low', maskedCount: 19 }).sample(context, createRng(1)).masked;
    expect(maskedBy({ fraction: 0.25, probability: 1 })).toEqual([...low]);
    expect(maskedBy({ fraction: 0.25, probability: 1, fixedCount: true })).toEqual([...low]);
    expect(maskedBy({ fraction: 0.25, probability: 0 })).toEqual([]);
    expect(maskedBy({ fraction: 0 })).toEqual([]);
  });

  it('hides exactly round(p · C) with a fixed count, each candidate equally often', () => {
    const draws = 1000;
    const hidings = new Float64Array(77);
    for (let seed = 0; seed < draws; seed++) {
      const masked = maskedBy({ fraction: 0.25, probability: 0.3, fixedCount: true }, seed); // round(5.7)
      expect(masked).toHaveLength(6);
      for (const patch of masked) hidings[patch]! += 1 / draws;
    }
    for (const patch of lowestFirst.slice(0, 19))
      expect(Math.abs(hidings[patch]! - 6 / 19)).toBeLessThan(5 * Math.sqrt((6 * 13) / 19 ** 2 / draws));
    for (const patch of lowestFirst.slice(19)) expect(hidings[patch]).toBe(0);
  });

  it('takes the lower index of equal scores', () => {
    const equal = { ...context, attention: new Float32Array(77) };
    expect([...lowAttentionMasking({ probability: 1 }).sample(equal, createRng(1)).masked]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('refuses shares out of range and fixed counts that leave one side empty', () => {
    expect(() => lowAttentionMasking({ fraction: 1.1 })).toThrow(
      'lowAttentionMasking: fraction must be between 0 and 1, got 1.1',
    );
    expect(() => lowAttentionMasking({ probability: -1 })).toThrow('probability must be between 0 and 1, got -1');
    expect(() => maskedBy({ fraction: 0.02, fixedCount: true })).toThrow(
      'lowAttentionMasking: at least one of 77 patches must stay visible and one be masked, got 0 masked; choose another fraction',
    );
    expect(() => maskedBy({ fraction: 1, probability: 1, fixedCount: true })).toThrow('got 77 masked');
  });

  const fixture = JSON.parse(readFileSync(new URL('./__fixtures__/attention-masks.json', import.meta.url), 'utf8')) as {
    mst: {
      seed: number;
      settings: [batch: number, patches: number, fraction: number, probability: number];
      hidden: string[];
    }[];
  };
  it.each(fixture.mst)('agrees with the plain algorithm on the same noise: $seed', ({ seed, settings, hidden }) => {
    const [batch, patches, fraction, probability] = settings;
    const rng = replayedRng(seed);
    const images = Array.from({ length: batch }, () => ({
      grid: createPatchGrid(1, patches),
      progress: 0,
      attention: Float32Array.from({ length: patches }, () => Math.floor(64 * rng.uniform()) / 64),
    }));
    const strategy = lowAttentionMasking({ fraction, probability });
    images.forEach((image, index) => {
      const found = new Uint8Array(patches);
      strategy.hide!(image, found, rng);
      expect(found).toEqual(hiddenOfHex(hidden[index]!, patches));
    });
  });
});
