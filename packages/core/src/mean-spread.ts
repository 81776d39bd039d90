// What values over seeds come to.

import { SemmaeError } from './semmae-error';

export interface MeanSpread {
  readonly mean: number;
  /** Sample standard deviation (n - 1); undefined for a single value, which has none. */
  readonly spread: number | undefined;
}

/** Mean and spread of at least one finite value. */
export function meanSpread(values: ArrayLike<number>): MeanSpread {
  const numbers = Array.from(values);
  const wrong = numbers.find((value) => !Number.isFinite(value));
  if (numbers.length === 0 || wrong !== undefined) {
    const got = numbers.length === 0 ? 'none' : wrong;
    const remedy = 'leave out seeds that failed, and say how many';
    throw new SemmaeError({
      where: 'meanSpread',
      requirement: 'values must be at least one finite number',
      got,
      remedy,
    });
  }
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  if (numbers.length === 1) return { mean, spread: undefined };
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / (numbers.length - 1)) };
}
