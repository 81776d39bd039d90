import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { noise } from '../__fixtures__/on-both-backends';
import { recordGraphs } from '../__fixtures__/record-graphs';
import { compile } from '../compile/compile';

/** The operators of `step` compiled; its results must be those of `step` as it stands. */
function operatorsOf(step: (x: tf.Tensor2D) => tf.Tensor | Record<string, tf.Tensor>): string[] {
  const x = noise([5, 7]) as tf.Tensor2D;
  const results = (output: tf.Tensor | Record<string, tf.Tensor>) =>
    Object.values(output instanceof tf.Tensor ? { output } : output).map((tensor) => Array.from(tensor.dataSync()));
  const expected = tf.tidy(() => results(step(x)));
  const [graph] = recordGraphs(() => {
    const actual = tf.tidy(() => results(compile((input) => step(input as tf.Tensor2D))(x)));
    actual.flat().forEach((value, index) => {
      expect(Math.abs(value - expected.flat()[index]!)).toBeLessThan(1e-5); // factors applied before or after the sum
    });
  });
  x.dispose();
  return graph!.operators;
}

describe('fuseProducts', () => {
  const weight = noise([7, 3], { seed: 2 }) as tf.Tensor2D;
  const bias = noise([3], { seed: 3 });

  it('makes factors part of the product, with a bias behind it', () => {
    expect(operatorsOf((x) => tf.mul(tf.add(tf.matMul(tf.mul(x, 3), weight), bias), 0.5))).toEqual([
      'FusedMatMul',
      'Mul',
      'Add',
    ]); // 0.5 · bias is one row
    expect(operatorsOf((x) => tf.mul(0.5, tf.matMul(x, tf.mul(weight, 4))))).toEqual(['FusedMatMul']);
    expect(operatorsOf((x) => tf.add(bias, tf.matMul(x, weight)))).toEqual(['FusedMatMul', 'Add']);
    expect(operatorsOf((x) => tf.mul(tf.matMul(weight, tf.mul(x, 2), true, true), 3))).toEqual(['FusedMatMul']);
  });

  it('leaves what others read, and what is no constant', () => {
    const both = operatorsOf((x) => {
      const product = tf.matMul(x, weight);
      return { product, scaled: tf.mul(product, 2) };
    });
    expect(both).toEqual(['MatMul', 'Mul']);
    expect(operatorsOf((x) => tf.mul(tf.matMul(x, weight), tf.sum(x)))).toContain('Mul');
    expect(operatorsOf((x) => tf.add(tf.matMul(x, weight), tf.slice(tf.mul(x, 0.1), [0, 0], [5, 3])))).toContain('Add');
  });
});
