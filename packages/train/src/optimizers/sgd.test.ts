import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { sgd } from './sgd';

/** One update of weights [3] and [2] with these gradients. */
function apply(optimizer: ReturnType<typeof sgd>, gradients: Record<string, number[]>, clipNorm?: number): number {
  return tf.tidy(() => {
    const tensors = Object.fromEntries(Object.entries(gradients).map(([name, values]) => [name, tf.tensor(values)]));
    return optimizer
      .apply(tensors, { scalars: { learningRate: tf.scalar(0.1) }, clipNorm })
      .gradientNorm.dataSync()[0]!;
  });
}

it('follows v <- μ v + g + wd p, p <- p - lr v, with the norm clipped over all variables', () => {
  const before = tf.memory().numTensors;
  const weights = [tf.variable(tf.tensor([1, -2, 3]), true, 'sgd.a'), tf.variable(tf.tensor([4, 5]), true, 'sgd.b')];
  const optimizer = sgd({ variables: weights, momentum: 0.8, weightDecay: 0.01 });
  let [p, v] = [
    [1, -2, 3, 4, 5],
    [0, 0, 0, 0, 0],
  ];
  for (const g of [
    [1, 2, 3, 4, 5],
    [-1, 0, 1, 0, 7],
    [0.1, 0.2, 0.3, 0.4, 0.5],
  ]) {
    const norm = Math.hypot(...g);
    const scale = Math.min(1, 3 / (norm + 1e-6));
    v = v.map((value, index) => 0.8 * value + scale * g[index]! + 0.01 * p[index]!);
    p = p.map((value, index) => value - 0.1 * v[index]!);
    expect(apply(optimizer, { 'sgd.a': g.slice(0, 3), 'sgd.b': g.slice(3) }, 3)).toBeCloseTo(norm, 5);
    const got = weights.flatMap((variable) => Array.from(variable.dataSync()));
    got.forEach((value, index) => {
      expect(value).toBeCloseTo(p[index]!, 5); // three float32 updates of values to 5
    });
  }
  expect(optimizer.variables().map(({ shape }) => shape)).toEqual([[5]]);
  optimizer.dispose();
  tf.dispose(weights);
  expect(tf.memory().numTensors).toBe(before + 2); // tensors of which the variables were made
});

it('refuses what it cannot train', () => {
  expect(() => sgd({ variables: [] })).toThrow(
    'sgd: variables must hold at least one trainable variable, got no variables',
  );
  expect(() => sgd({ variables: [], momentum: 1 })).toThrow('momentum must be between 0 and');
});
