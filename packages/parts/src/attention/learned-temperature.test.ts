import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { type LearnedTemperature, learnedTemperature } from './learned-temperature';

const width = 49;

function withTemperature(logarithm: number | undefined, use: (temperature: LearnedTemperature) => void): void {
  const before = tf.memory().numTensors;
  const temperature = learnedTemperature('t', 1 / 7, width);
  if (logarithm !== undefined) tf.tidy(() => temperature.variable.assign(tf.scalar(logarithm)));
  use(temperature);
  temperature.variable.dispose();
  expect(tf.memory().numTensors).toBe(before);
}

/** d(sign * temperature) / d(log temperature). */
function slope({ variable, value }: LearnedTemperature, sign: number): number {
  return tf.tidy(() => {
    const { grads } = tf.variableGrads(() => tf.mul(value(), sign) as tf.Scalar, [variable]);
    return grads[variable.name]!.dataSync()[0]!;
  });
}

function factor(temperature: LearnedTemperature): number {
  return tf.tidy(() => temperature.value().dataSync()[0]!);
}

describe('learnedTemperature', () => {
  it('starts where it is told, with the slope of an exponential', () => {
    withTemperature(undefined, (temperature) => {
      // float32 of numbers below 1
      expect(factor(temperature)).toBeCloseTo(1 / 7, 6);
      expect(slope(temperature, 1)).toBeCloseTo(1 / 7, 6);
    });
  });

  it('stays within a quarter and four times 1 / sqrt(d), and can come back', () => {
    withTemperature(5, (temperature) => {
      expect(factor(temperature)).toBeCloseTo(4 / 7, 6);
      expect(slope(temperature, 1)).toBeCloseTo(4 / 7, 6); // descent leads back in
      expect(slope(temperature, -1)).toBe(-0); // descent would lead further out
    });
    withTemperature(-5, (temperature) => {
      expect(factor(temperature)).toBeCloseTo(1 / 28, 6);
      expect(slope(temperature, -1)).toBeCloseTo(-1 / 28, 6);
      expect(slope(temperature, 1)).toBe(0);
    });
  });

  it('takes both bounds as starts and nothing beyond', () => {
    for (const start of [1 / 28, 4 / 7]) learnedTemperature('t', start, width).variable.dispose();
    expect(() => learnedTemperature('t', 1, width)).toThrow('temperature must be between');
  });
});
