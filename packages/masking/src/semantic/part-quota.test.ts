import { createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { equal, growing, large, mixed } from './__fixtures__/part-sizes';
import { partQuota } from './part-quota';

const listed = (sizes: readonly number[]) => sizes.map((_, part) => part);

describe('partQuota', () => {
  // Worked by hand from Algorithm 1 at ratio 0.75 of 196 patches, part order as listed.
  it.each([
    { sizes: mixed, alpha: 0, expected: [30, 23, 20, 37, 15, 7, 15] },
    { sizes: mixed, alpha: 0.25, expected: [33, 24, 21, 41, 11, 6, 11] },
    { sizes: mixed, alpha: 0.5, expected: [35, 26, 23, 44, 8, 4, 7] },
    { sizes: mixed, alpha: 1, expected: [40, 30, 26, 50, 1, 0, 0] },
    { sizes: equal, alpha: 0, expected: [21, 21, 21, 21, 21, 21, 21] },
    { sizes: equal, alpha: 0.5, expected: [25, 25, 25, 24, 24, 14, 10] },
    { sizes: equal, alpha: 1, expected: [28, 28, 28, 28, 28, 7, 0] },
    { sizes: large, alpha: 0, expected: [23, 23, 23, 22, 22, 17, 17] },
    { sizes: growing, alpha: 1, expected: [2, 6, 10, 14, 18, 22, 75] },
  ])('gives $expected at α = $alpha for $sizes', ({ sizes, alpha, expected }) => {
    expect([...partQuota({ sizes, maskedCount: 147, alpha, order: listed(sizes) })]).toEqual(expected);
  });

  it('walks the parts in the order it is given', () => {
    const order = listed(mixed).reverse();
    expect([...partQuota({ sizes: mixed, maskedCount: 147, alpha: 1, order })]).toEqual([0, 21, 26, 50, 20, 10, 20]);
  });

  it.each([
    [0, [3, 3, 3]],
    [1, [4, 4, 1]],
  ])('gives at α = %f the parts 4, 4, 4 %o', (alpha, expected) => {
    expect([...partQuota({ sizes: [4, 4, 4], maskedCount: 9, alpha, order: [0, 1, 2] })]).toEqual(expected);
  });

  it('breaks remainder ties by the order, so that no part gains by its id', () => {
    const quotaIn = (order: number[]) => [...partQuota({ sizes: [4, 4, 4], maskedCount: 9, alpha: 0.5, order })];
    expect(quotaIn([0, 1, 2])).toEqual([4, 3, 2]); // 3.5, 3.5, 2
    expect(quotaIn([2, 1, 0])).toEqual([2, 3, 4]);
    expect(quotaIn([1, 2, 0])).toEqual([2, 4, 3]);
  });

  const request = fc
    .array(fc.nat(60), { minLength: 1, maxLength: 31 })
    .filter((sizes) => sizes.some((size) => size > 0))
    .chain((sizes) =>
      fc.record({
        sizes: fc.constant(sizes),
        maskedCount: fc.nat(sizes.reduce((sum, size) => sum + size, 0)),
        alpha: fc.double({ min: 0, max: 1, noNaN: true }),
        order: fc.integer().map((seed) => [...createRng(seed).permutation(sizes.length)]),
      }),
    );

  it('sums to the count, stays within each part and within one patch of the paper, whatever the sizes', () => {
    fc.assert(
      fc.property(request, ({ sizes, maskedCount, alpha, order }) => {
        const quota = [...partQuota({ sizes, maskedCount, alpha, order })];
        expect(quota.reduce((sum, patches) => sum + patches, 0)).toBe(maskedCount);
        const real = paperQuota({ sizes, maskedCount, alpha, order });
        quota.forEach((patches, part) => {
          expect(patches).toBeGreaterThanOrEqual(0);
          expect(patches).toBeLessThanOrEqual(sizes[part]!);
          expect(Math.abs(patches - real[part]!)).toBeLessThan(1 + 1e-6); // rounding error of the sums
        });
      }),
      { numRuns: 500 },
    );
  });

  it('cuts at most one part at α = 1', () => {
    fc.assert(
      fc.property(request, ({ sizes, maskedCount, order }) => {
        const quota = partQuota({ sizes, maskedCount, alpha: 1, order });
        expect(sizes.filter((size, part) => quota[part]! > 0 && quota[part]! < size).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('refuses an order that misses or repeats a part, and values out of range', () => {
    const valid = { sizes: [3, 4], maskedCount: 2, alpha: 0, order: [1, 0] };
    expect(() => partQuota({ ...valid, order: [1] })).toThrow(
      /order must name every part that has patches once, got \[1\]/,
    );
    expect(() => partQuota({ ...valid, order: [1, 0, 1] })).toThrow(/once/);
    expect(() => partQuota({ ...valid, alpha: 1.1 })).toThrow(/alpha must be between 0 and 1, got 1.1/);
    expect(() => partQuota({ ...valid, maskedCount: 8 })).toThrow(/maskedCount must be between 0 and 7, got 8/);
  });
});

/** Algorithm 1 in real numbers, part by part and without a running budget. */
function paperQuota({
  sizes,
  maskedCount,
  alpha,
  order,
}: {
  sizes: number[];
  maskedCount: number;
  alpha: number;
  order: number[];
}) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, part) => {
    const before = order.slice(0, order.indexOf(part)).reduce((sum, other) => sum + sizes[other]!, 0);
    const whole = Math.min(size, Math.max(0, maskedCount - before));
    return (1 - alpha) * ((maskedCount * size) / total) + alpha * whole;
  });
}
