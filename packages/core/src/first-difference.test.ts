import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { firstDifference } from './first-difference';

describe('firstDifference', () => {
  it.each([
    [{ a: 1, b: { c: [1, 2, 3] } }, { b: { c: [1, 2, 3] }, a: 1 }, undefined],
    [{ a: undefined }, {}, undefined],
    [
      { a: 1, b: { c: [1, 2, 3] } },
      { a: 1, b: { c: [1, 5, 3] } },
      { path: 'b.c.1', before: '2', now: '5' },
    ],
    [{ a: 1 }, { a: 1, b: 'x' }, { path: 'b', before: undefined, now: '"x"' }],
    [{ a: 1, b: null }, { a: 1 }, { path: 'b', before: 'null', now: undefined }],
    [{ a: [1] }, { a: { 0: 1 } }, { path: 'a', before: '[1]', now: '{"0":1}' }],
    [{ a: [1] }, { a: [1, 2] }, { path: 'a.1', before: undefined, now: '2' }],
  ])('of %j and %j is %j', (before, now, difference) => {
    expect(firstDifference(before, now)).toEqual(difference);
  });

  it('is short, however long the values are', () => {
    expect(firstDifference({ a: 'x'.repeat(999) }, { a: 1 })!.before).toHaveLength(81);
  });

  it('is there exactly where JSON differs, keys sorted', () => {
    const sorted = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .sort()
              .map(([key, inner]) => [key, sorted(inner)]),
          )
        : Array.isArray(value)
          ? value.map(sorted)
          : value;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (one, other) => {
        const equal = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(firstDifference(one, other) === undefined).toBe(equal);
        expect(firstDifference(one, structuredClone(one))).toBeUndefined();
      }),
    );
  });
});
