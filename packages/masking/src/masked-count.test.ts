import { SemmaeError } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { attentionMasking } from './attention-masking';
import { blockMasking } from './block-masking';
import { type MaskedCountOptions, maskedCountRule } from './masked-count';
import { randomMasking } from './random-masking';
import { semanticMasking } from './semantic-masking';
import { squareMasking } from './square-masking';
import { userMasking } from './user-masking';

const factories: Record<string, (options: MaskedCountOptions) => unknown> = {
  randomMasking,
  blockMasking,
  attentionMasking,
  semanticMasking,
  squareMasking,
  userMasking: (options) => userMasking(new Float32Array(4), options),
};

describe('maskedCountRule', () => {
  it('complements visibleCount, so that 100 patches at 0.9 mask 91', () => {
    expect(maskedCountRule('here', {})(196)).toBe(147);
    expect(maskedCountRule('here', { maskRatio: 0.6 })(196)).toBe(118);
    expect(maskedCountRule('here', { maskRatio: 0.9 })(100)).toBe(91);
    expect(maskedCountRule('here', { maskedCount: 75 })(196)).toBe(75);
  });

  it('refuses grids on which nothing would stay visible or nothing be masked', () => {
    const message = /here: at least one of \d+ patches must stay visible and one be masked/;
    expect(() => maskedCountRule('here', { maskRatio: 0.75 })(3)).toThrow(message);
    expect(() => maskedCountRule('here', { maskRatio: 0.75 })(1)).toThrow(message);
    expect(() => maskedCountRule('here', { maskRatio: 1e-20 })(3)).toThrow(message); // 1 - 1e-20 is 1
    expect(() => maskedCountRule('here', { maskedCount: 3 })(3)).toThrow(message);
  });
});

describe.each(Object.entries(factories))('the count of %s', (name, create) => {
  it.each<MaskedCountOptions>([
    { maskRatio: 0 },
    { maskRatio: 1 },
    { maskRatio: Number.NaN },
    { maskedCount: 0 },
    { maskedCount: 1.5 },
    { maskRatio: 0.5, maskedCount: 2 },
  ])('refuses %o when the strategy is made', (options) => {
    try {
      create(options);
    } catch (error) {
      expect(SemmaeError.isInstance(error) && error.where).toBe(name);
      return;
    }
    expect.unreachable('accepted');
  });
});
