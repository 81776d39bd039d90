import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import '../__fixtures__/on-both-backends';
import { recordGraphs } from '../__fixtures__/record-graphs';
import { compile } from '../compile/compile';

describe('fuseShiftedErf', () => {
  it('takes one pass from erf to the distribution function, out to its ends', () => {
    const x = tf.tensor1d([-Infinity, -9, -0.5, 0, 1e-8, 0.7, 3, 9, Infinity, Number.NaN]);
    const distribution = (input: tf.Tensor) => tf.add(tf.mul(tf.erf(input), 0.5), 0.5);
    const expected = tf.tidy(() => Array.from(distribution(x).dataSync()));
    const [graph] = recordGraphs(() => {
      const actual = tf.tidy(() =>
        Array.from((compile((input) => distribution(input as tf.Tensor))(x) as tf.Tensor).dataSync()),
      );
      expect(actual).toEqual(expected);
    });
    expect(graph!.operators).toEqual(['Erf', 'HardSigmoid']);
    x.dispose();
  });

  it('leaves other shifts of erf alone', () => {
    const x = tf.tensor1d([1, 2]);
    const [graph] = recordGraphs(() => {
      tf.dispose(compile((input) => tf.add(tf.mul(tf.erf(input as tf.Tensor), 0.5), 0.25))(x));
    });
    expect(graph!.operators).toEqual(['Erf', 'Mul', 'Add']);
    x.dispose();
  });
});
