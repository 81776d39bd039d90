import { createPatchGrid, createRng } from '@semmae/core';
import { sampleBatch } from '@semmae/masking';
import { maskingByName } from '@semmae/pipeline';
import { describe, expect, it } from 'vitest';

import { maskRatio } from './presets';

import { comparedStrategies, strategyNames } from './strategies';

describe('comparedStrategies', () => {
  it('hide the same number of patches at every moment, so that budgets are equal', () => {
    const grid = createPatchGrid(7, 11);
    const rng = createRng(0);
    const attention = Float32Array.from({ length: 77 }, () => rng.uniform());
    const parts = Uint8Array.from({ length: 77 }, () => rng.integer(5));
    for (const name of strategyNames) {
      for (const progress of [0, 0.5, 1]) {
        const masking = maskingByName(comparedStrategies[name].masking, { maskRatio });
        const { masked } = sampleBatch(masking, [{ grid, progress, attention, parts }], rng.split(name));
        expect({ name, progress, masked: masked.length }).toEqual({ name, progress, masked: 58 }); // 77 - trunc(77 / 4)
      }
    }
  });
});
