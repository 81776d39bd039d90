import { describe, expect, it } from 'vitest';

import { decodeFloat16, encodeFloat16 } from './float16';

describe('float16', () => {
  it('takes every pattern to its number and back', () => {
    const patterns = Array.from({ length: 0x10000 }, (_, pattern) => pattern);
    const numbers = patterns.filter((pattern) => !Number.isNaN(decodeFloat16(pattern)));
    expect(numbers).toHaveLength(0x10000 - 2 * 1023);
    expect(numbers.filter((pattern) => encodeFloat16(decodeFloat16(pattern)) !== pattern)).toEqual([]);
    expect(decodeFloat16(encodeFloat16(Number.NaN))).toBeNaN();
  });

  it('knows the numbers of the standard', () => {
    expect([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555, 0x7c00].map(decodeFloat16)).toEqual([
      1,
      -2,
      65504,
      2 ** -14,
      2 ** -24,
      0.333251953125,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('rounds to the nearest, ties to even', () => {
    expect(encodeFloat16(1 + 2 ** -11)).toBe(0x3c00); // halfway between 1 and its successor
    expect(encodeFloat16(1 + 3 * 2 ** -11)).toBe(0x3c02);
    expect(encodeFloat16(1 + 2 ** -11 + 2 ** -20)).toBe(0x3c01);
    expect(encodeFloat16(2 ** -25)).toBe(0);
    expect(encodeFloat16(3 * 2 ** -25)).toBe(2);
    expect(encodeFloat16(65519)).toBe(0x7bff);
    expect(encodeFloat16(65520)).toBe(0x7c00);
    expect(encodeFloat16(2047.999)).toBe(0x6800); // carries into the exponent: 2048
  });
});
