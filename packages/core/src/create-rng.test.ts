import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createRng, restoreRng } from './create-rng';

describe('createRng', () => {
  it('gives the same stream for the same seed and another one for another seed', () => {
    const draws = (seed: number) => Array.from({ length: 5 }, createRng(seed).uniform);
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  it('decorrelates small consecutive seeds', () => {
    // 1,000 first draws: mean 1/2 with standard error 1/sqrt(12 * 1000) = 0.0091; five errors allowed.
    const firsts = Array.from({ length: 1000 }, (_, seed) => createRng(seed).uniform());
    expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(5 * 0.0091);
    // Lag-1 correlation of independent draws has standard error 1/sqrt(1000).
    expect(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(5 / Math.sqrt(1000));
  });

  it('draws integers without bias', () => {
    const rng = createRng(11);
    const counts = new Array<number>(7).fill(0);
    for (let draw = 0; draw < 7000; draw++) counts[rng.integer(7)]!++;
    // Binomial(7000, 1/7): standard deviation 29.3; five of them.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * 29.3);
  });

  it('draws standard normals', () => {
    const rng = createRng(5);
    const draws = Array.from({ length: 20_000 }, rng.normal);
    expect(Math.abs(mean(draws))).toBeLessThan(5 / Math.sqrt(20_000));
    // The sample variance of normals has standard error sqrt(2/n).
    expect(Math.abs(mean(draws.map((value) => value * value)) - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
  });

  it('permutes: every position is equally likely to receive every value', () => {
    const rng = createRng(3);
    const counts = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
    for (let draw = 0; draw < 5000; draw++) {
      for (const [position, value] of rng.permutation(5).entries()) counts[position]![value]!++;
    }
    // Binomial(5000, 1/5): standard deviation 28.3; five of them.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 28.3);
  });

  it('always returns a permutation', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 40 }), (seed, length) => {
        const sorted = [...createRng(seed).permutation(length)].sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length }, (_, index) => index));
      }),
    );
  });

  it('refuses a seed that is not an integer', () => {
    expect(() => createRng(0.5)).toThrow(/createRng: seed must be an integer.*got 0.5/);
  });
});

describe('split', () => {
  it('depends on the keys alone, not on what was drawn before', () => {
    const fresh = createRng(1);
    const used = createRng(1);
    used.permutation(100);
    expect(used.split('masks', 2, 3).uniform()).toBe(fresh.split('masks', 2, 3).uniform());
  });

  it('tells keys apart, order and type included', () => {
    const keys = [['a'], ['b'], ['a', 'b'], ['b', 'a'], ['ab'], [1], ['1'], [1, 2], [2, 1], [12], [2 ** 32 + 1]];
    const firsts = keys.map((key) =>
      createRng(1)
        .split(...key)
        .uniform(),
    );
    expect(new Set(firsts).size).toBe(keys.length);
  });

  it('does not advance the parent', () => {
    const rng = createRng(2);
    const before = rng.state();
    rng.split('child').uniform();
    expect(rng.state()).toEqual(before);
  });
});

describe('restoreRng', () => {
  it('continues from JSON exactly where the stream stood, children included', () => {
    const rng = createRng(9);
    rng.permutation(17);
    const copy = restoreRng(JSON.parse(JSON.stringify(rng.state())));
    expect(copy.split('x').uniform()).toBe(rng.split('x').uniform());
    expect([copy.uniform(), copy.normal()]).toEqual([rng.uniform(), rng.normal()]);
  });

  it('refuses a state that is not one', () => {
    expect(() => restoreRng({ key: [1, 2], words: [1, 2, 3, 4] })).toThrow(/restoreRng: .*rng.state\(\)/);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, index) => (value - meanA) * (b[index]! - meanB)));
  const deviation = (values: readonly number[], center: number) =>
    Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
  return covariance / (deviation(a, meanA) * deviation(b, meanB));
}
