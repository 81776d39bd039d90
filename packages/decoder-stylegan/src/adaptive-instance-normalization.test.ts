import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { adaptiveInstanceNormalization } from './adaptive-instance-normalization';

const batch = 2;
const height = 3;
const width = 5;
const channels = 7;

function inputs(): [tf.Tensor4D, tf.Tensor2D, tf.Tensor2D] {
  return [
    tf.randomNormal([batch, height, width, channels], 3, 2, 'float32', 1),
    tf.randomNormal([batch, channels], 1, 1, 'float32', 2),
    tf.randomNormal([batch, channels], 0, 1, 'float32', 3),
  ];
}

/** Eq. 3 word for word, differentiated by tfjs. */
function plain(features: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(features, [1, 2], true);
  const spread = tf.sqrt(tf.add(variance, 1e-8));
  const perChannel = (values: tf.Tensor) => tf.reshape(values, [batch, 1, 1, channels]);
  return tf.add(tf.mul(perChannel(scale), tf.div(tf.sub(features, mean), spread)), perChannel(bias));
}

describe('adaptiveInstanceNormalization', () => {
  it('gives every channel the mean beta and the standard deviation |gamma|', () => {
    tf.tidy(() => {
      const [features, scale, bias] = inputs();
      const { mean, variance } = tf.moments(adaptiveInstanceNormalization({ features, scale, bias }), [1, 2]);
      const spread = tf.sqrt(variance).dataSync();
      // float32 sums of 15 values of size 3: a few 1e-6
      mean.dataSync().forEach((value, index) => {
        expect(Math.abs(value - bias.dataSync()[index]!)).toBeLessThan(1e-5);
      });
      spread.forEach((value, index) => {
        expect(Math.abs(value - Math.abs(scale.dataSync()[index]!))).toBeLessThan(1e-5);
      });
    });
  });

  it('forgets scale and offset of its input', () => {
    tf.tidy(() => {
      const [features, scale, bias] = inputs();
      const moved = tf.add(tf.mul(features, 5), -11) as tf.Tensor4D;
      const difference = tf.sub(
        adaptiveInstanceNormalization({ features, scale, bias }),
        adaptiveInstanceNormalization({ features: moved, scale, bias }),
      );
      // the offset costs about one digit of float32
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-5);
    });
  });

  it('has the values and the gradients of the plain formula', () => {
    tf.tidy(() => {
      const [features, scale, bias] = inputs();
      const upstream = tf.randomNormal(features.shape, 0, 1, 'float32', 4);
      const written = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
        adaptiveInstanceNormalization({
          features: x as tf.Tensor4D,
          scale: gamma as tf.Tensor2D,
          bias: beta as tf.Tensor2D,
        });
      const values = tf.sub(written(features, scale, bias), plain(features, scale, bias));
      expect(tf.max(tf.abs(values)).dataSync()[0]).toBeLessThan(1e-5);
      const ours = tf.grads(written)([features, scale, bias], upstream);
      const derived = tf.grads(plain)([features, scale, bias], upstream);
      ours.forEach((gradient, index) => {
        const other = derived[index]!;
        expect(gradient.shape).toEqual(other.shape);
        // gradients of size 1, summed over 15 positions in another order
        expect(tf.max(tf.abs(tf.sub(gradient, other))).dataSync()[0]).toBeLessThan(2e-5);
      });
    });
  });

  it('keeps nothing but its result', () => {
    const [features, scale, bias] = inputs();
    const before = tf.memory().numTensors;
    const result = adaptiveInstanceNormalization({ features, scale, bias });
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([features, scale, bias, result]);
  });

  it('says which style does not fit', () => {
    const [features, scale] = inputs();
    const bias = tf.zeros<tf.Rank.R2>([batch, channels + 1]);
    expect(() => adaptiveInstanceNormalization({ features, scale, bias })).toThrow(
      'bias must have shape [2, 7], got [2, 8]',
    );
    tf.dispose([features, scale, bias]);
  });
});
