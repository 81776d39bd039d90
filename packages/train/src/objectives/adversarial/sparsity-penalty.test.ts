import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';

import { negativeSizeEntropy } from './size-entropy';
import { sparsityPenalty } from './sparsity-penalty';

beforeEach(() => {
  const before = tf.memory().numTensors;
  return () => expect(tf.memory().numTensors).toBe(before);
});

const penaltyOf = (shares: number[][]) => tf.tidy(() => sparsityPenalty(tf.tensor2d(shares)).dataSync()[0]!);

/** The slope of the penalty of one share. */
const slopeAt = (share: number) =>
  tf.tidy(
    () =>
      tf
        .grad((shares) => sparsityPenalty(shares as tf.Tensor2D))(tf.tensor2d([[share]]))
        .dataSync()[0]!,
  );

describe('sparsityPenalty', () => {
  it.each([
    [2, 2],
    [3, 3.4641],
    [4, 5.6569],
    [6, 12],
  ])('is at equal shares of %i masks %f', (maskCount, penalty) => {
    const shares = new Array<number>(maskCount).fill(1 / maskCount);
    expect(penaltyOf([shares])).toBeCloseTo(penalty, 4); // the digits given
    expect(penaltyOf([shares])).toBeCloseTo(maskCount / Math.sin(Math.PI / maskCount), 5);
    const moved = [...shares];
    moved[0]! += 0.05;
    moved[1]! -= 0.05;
    expect(penaltyOf([moved])).toBeGreaterThan(penaltyOf([shares])); // the minimum
  });

  it('is the sum over masks of the mean over images', () => {
    const shares = [
      [0.1, 0.2, 0.7],
      [0.6, 0.3, 0.1],
    ];
    const expected = shares.flat().reduce((sum, share) => sum + 1 / (Math.sin(Math.PI * share) + 1e-10), 0) / 2;
    expect(penaltyOf(shares)).toBeCloseTo(expected, 5);
  });

  it('pushes shares towards a half, and has the slope of its formula', () => {
    expect(Math.abs(slopeAt(0.5))).toBeLessThan(1e-6);
    for (const share of [0.01, 0.2, 0.4, 0.6, 0.9, 0.999]) {
      const slope = (-Math.PI * Math.cos(Math.PI * share)) / Math.sin(Math.PI * share) ** 2;
      expect(Math.sign(slopeAt(share))).toBe(share < 0.5 ? -1 : 1);
      // 1 - 0.999 keeps four digits in float32, and the slope is of its square.
      expect(Math.abs(slopeAt(share) / slope - 1), String(share)).toBeLessThan(2e-4);
    }
  });

  it('is finite, large and leads back inside at 0 and 1, where float32 sines would reward a full mask', () => {
    for (const share of [0, 1e-9, 1 - 1e-8, 1]) {
      expect(Math.abs(penaltyOf([[share]]) / 318_310 - 1), String(share)).toBeLessThan(0.1); // 1 / (π 1e-6); 1 - 1e-6 has one digit
      expect(Number.isFinite(slopeAt(share))).toBe(true);
      expect(Math.sign(slopeAt(share))).toBe(share < 0.5 ? -1 : 1);
    }
  });
});

describe('negativeSizeEntropy', () => {
  it('is summed over images, least at equal shares and so, maximized, a reward for unequal ones', () => {
    const entropyOf = (shares: number[][]) => tf.tidy(() => negativeSizeEntropy(tf.tensor2d(shares)).dataSync()[0]!);
    const equal = [0.25, 0.25, 0.25, 0.25];
    expect(entropyOf([equal, equal])).toBeCloseTo(-2 * Math.log(4), 5);
    expect(entropyOf([[0.97, 0.01, 0.01, 0.01]])).toBeGreaterThan(entropyOf([equal]));
    const exponentials = [0.7, 0.2, 0.1].map(Math.exp);
    const total = exponentials.reduce((sum, value) => sum + value);
    const expected = exponentials.reduce((sum, value) => sum + (value / total) * Math.log(value / total), 0);
    expect(entropyOf([[0.7, 0.2, 0.1]])).toBeCloseTo(expected, 5);
  });
});
