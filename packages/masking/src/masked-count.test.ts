import { SemmaeError } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { attentionMasking, blockMasking, randomMasking, semanticMasking, userMasking } from './index';
import { type MaskedCountOptions, maskedCountAt, maskedCountRule } from './masked-count';
import { squareMasking } from './regions';

const factories: Record<string, (options: MaskedCountOptions) => unknown> = {
  randomMasking,
  blockMasking,
  attentionMasking,
  semanticMasking,
  squareMasking,
  userMasking: (options) => userMasking(new Float32Array(4), options),
};

describe('maskedCountAt', () => {
  // Each row computed with Python 3: n - int(n * (1 - r)), int(n * r), math.ceil(n * r).
  it.each([
    [196, 0.6, 118, 117, 118],
    [36, 0.6, 22, 21, 22], // SimMIM's 192 px in units of 32
    [49, 0.6, 30, 29, 30], // and 224 px
    [9, 0.6, 6, 5, 6],
    [196, 0.1, 20, 19, 20], // AttMask's smallest ratio
    [196, 0.3, 59, 58, 59],
    [196, 0.5, 98, 98, 98],
    [100, 0.55, 56, 55, 56], // 100 * 0.55 is 55.000…01
    [100, 0.9, 91, 90, 90],
    [7, 0, 0, 0, 0],
    [7, 1, 7, 7, 7],
  ])('masks of %i patches at %f: %i keep-floor, %i mask-floor, %i mask-ceil', (patchCount, ratio, ...expected) => {
    const policies = ['keep-floor', 'mask-floor', 'mask-ceil'] as const;
    expect(policies.map((policy) => maskedCountAt(ratio, patchCount, policy))).toEqual(expected);
    expect(maskedCountAt(ratio, patchCount)).toBe(expected[0]);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses the ratio %f', (ratio) => {
    expect(() => maskedCountAt(ratio, 196, 'mask-ceil')).toThrow(/maskRatio must be between 0 and 1, got/);
  });
});

describe('maskedCountRule', () => {
  it('complements visibleCount, so that 100 patches at 0.9 mask 91', () => {
    expect(maskedCountRule('here', {})(196)).toBe(147);
    expect(maskedCountRule('here', { maskRatio: 0.6 })(196)).toBe(118);
    expect(maskedCountRule('here', { maskRatio: 0.9 })(100)).toBe(91);
    expect(maskedCountRule('here', { maskedCount: 75 })(196)).toBe(75);
  });

  it('rounds by the policy it is given', () => {
    expect(maskedCountRule('here', { maskRatio: 0.6, countPolicy: 'mask-floor' })(196)).toBe(117);
    expect(maskedCountRule('here', { countPolicy: 'mask-ceil' })(7)).toBe(6);
  });

  it('refuses unknown policies, and policies beside a count', () => {
    // @ts-expect-error a policy that callers without types may pass
    expect(() => maskedCountRule('here', { countPolicy: 'round' })).toThrow(
      /here: countPolicy must be one of keep-floor, mask-floor, mask-ceil, got round/,
    );
    expect(() => maskedCountRule('here', { maskedCount: 3, countPolicy: 'mask-ceil' })).toThrow(
      /maskedCount must stand alone, .*got countPolicy mask-ceil and maskedCount 3/,
    );
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
    { maskRatio: -0.25 },
    { maskRatio: 1.25 },
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
