import { describe, expect, it } from 'vitest';

import { alphaAt, constantAlpha, polynomialAlpha, reverseAlpha } from './alpha-schedule';

const steps = Array.from({ length: 101 }, (_, step) => step / 100);

describe('alpha schedules', () => {
  it.each([1 / 3, 0.5, 1, 2, 3])('rises from 0 to 1 without a step back for gamma %f', (gamma) => {
    const alphas = steps.map(polynomialAlpha({ gamma }));
    expect(alphas[0]).toBe(0);
    expect(alphas[100]).toBe(1);
    alphas.slice(1).forEach((alpha, step) => {
      expect(alpha).toBeGreaterThan(alphas[step]!);
    });
  });

  it('is progress squared by default', () => {
    expect(polynomialAlpha()(0.5)).toBe(0.25);
    expect(polynomialAlpha()(399 / 800)).toBeCloseTo(0.249, 3); // the paper's epoch 399 of 800, to its three digits
  });

  it('runs backwards and stays put', () => {
    const falling = reverseAlpha(polynomialAlpha());
    expect(steps.map(falling)).toEqual(steps.map((progress) => (1 - progress) ** 2));
    expect(steps.map(constantAlpha(0.3))).toEqual(steps.map(() => 0.3));
  });

  it('clamps α and progress, so that training past its end keeps the last α', () => {
    expect(alphaAt(constantAlpha(-3), 0.5)).toBe(0);
    expect(alphaAt(constantAlpha(7), 0.5)).toBe(1);
    expect(alphaAt(polynomialAlpha(), 2)).toBe(1);
    expect(alphaAt(reverseAlpha(polynomialAlpha()), 2)).toBe(0);
  });

  it('refuses NaN and exponents that are no exponents', () => {
    expect(() => alphaAt(polynomialAlpha(), Number.NaN)).toThrow(/alpha must be a number .* got α NaN at progress NaN/);
    expect(() => polynomialAlpha({ gamma: 0 })).toThrow(/gamma must be a positive number, got 0; .*constantAlpha/);
    expect(() => polynomialAlpha({ gamma: Number.NaN })).toThrow(/gamma/);
  });
});
