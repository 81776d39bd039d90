import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { noise } from '../__fixtures__/on-both-backends';
import { recordGraphs } from '../__fixtures__/record-graphs';
import { compile } from '../compile/compile';

function expectGradientsOfPlainSteps(loss: (inputs: tf.Tensor[]) => tf.Scalar, inputs: tf.Tensor[]): string[] {
  const gradients = () => tf.grads((...tensors: tf.Tensor[]) => loss(tensors))(inputs);
  const expected = tf.tidy(() => gradients().map((gradient) => Array.from(gradient.dataSync())));
  const [graph] = recordGraphs(() => {
    const step = compile(() => Object.fromEntries(gradients().map((gradient, index) => [`${index}`, gradient])));
    const actual = tf.tidy(() => Object.values(step()).map((gradient: tf.Tensor) => Array.from(gradient.dataSync())));
    actual.flat().forEach((value, index) => {
      expect(Math.abs(value - expected.flat()[index]!)).toBeLessThan(1e-5); // sums in another order
    });
  });
  tf.dispose(inputs);
  return graph!.operators;
}

describe('fuseSoftmaxGradients', () => {
  it('takes the row sums of attention from its output', () => {
    const inputs = [noise([2, 3, 7, 5]), noise([2, 3, 11, 5], { seed: 2 }), noise([2, 3, 11, 13], { seed: 3 })];
    const operators = expectGradientsOfPlainSteps(([q, k, v]) => {
      const attention = tf.softmax(tf.matMul(tf.mul(q!, 0.4), k!, false, true));
      return tf.sum(tf.square(tf.matMul(attention, v!)));
    }, inputs);
    // of the [2, 3, 7, 11] matrix, only dy - sum and y·(dy - sum) remain
    expect(operators.filter((operator) => operator === 'Sub')).toHaveLength(1);
  });

  it('leaves other softmaxes alone', () => {
    const operators = expectGradientsOfPlainSteps(([x]) => tf.sum(tf.square(tf.softmax(x!))), [noise([7, 11])]);
    expect(operators).toContain('Sub');
  });
});
