import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { noise } from '../__fixtures__/on-both-backends';
import { recordGraphs } from '../__fixtures__/record-graphs';
import { compile } from '../compile/compile';

function normalize(x: tf.Tensor): { normalized: tf.Tensor; inverse: tf.Tensor } {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), 1e-6));
  return { normalized: tf.mul(centered, inverse), inverse };
}

function byMoments(x: tf.Tensor): { normalized: tf.Tensor } {
  const { mean, variance } = tf.moments(x, -1, true);
  return { normalized: tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-6))) };
}

describe('fuseLayerNorms', () => {
  it.each([
    ['written out', normalize],
    ['by tf.moments', byMoments],
  ])('turns layer normalization %s into one operator of a compiled step', (_, step) => {
    const x = noise([3, 5, 7]);
    const expected = step(x) as Record<string, tf.Tensor>;
    for (const tensor of Object.values(expected)) tensor.dataSync();
    const graphs = recordGraphs(() => {
      const actual = compile((input) => step(input as tf.Tensor))(x) as Record<string, tf.Tensor>;
      for (const [name, tensor] of Object.entries(actual)) {
        const wanted = expected[name]!.dataSync();
        // one float32 rounding more or less
        for (const [index, value] of tensor.dataSync().entries())
          expect(Math.abs(value - wanted[index]!)).toBeLessThan(1e-5);
      }
      tf.dispose(actual);
    });
    expect(graphs[0]!.operators).toEqual(['LayerNormalization']);
    tf.dispose([x, expected]);
  });

  it('leaves other products of the same shape alone', () => {
    const x = noise([3, 5]);
    const graphs = recordGraphs(() => {
      const step = compile((input) => {
        const centered = tf.sub(input as tf.Tensor, tf.mean(input as tf.Tensor, 0, true)); // over rows, not the last axis
        return tf.mul(centered, tf.rsqrt(tf.add(tf.mean(tf.square(centered), 0, true), 1e-6)));
      });
      tf.dispose(step(x));
    });
    expect(graphs[0]!.operators).not.toContain('LayerNormalization');
    x.dispose();
  });
});
