import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { upsampleNearest } from './upsample-nearest';

/** Doubled columns, then doubled rows, by writing each pixel and line twice. */
function twice(images: tf.Tensor4D): tf.Tensor {
  const [batch, height, width, channels] = images.shape;
  const columns = tf.reshape(tf.concat([images, images], 3), [batch, height, 2 * width * channels]);
  return tf.reshape(tf.concat([columns, columns], 2), [batch, 2 * height, 2 * width, channels]);
}

describe('upsampleNearest', () => {
  it('equals resizeNearestNeighbor', () => {
    tf.tidy(() => {
      const images = tf.randomNormal([2, 3, 5, 7], 0, 1, 'float32', 1) as tf.Tensor4D;
      const resized = tf.image.resizeNearestNeighbor(images, [6, 10]);
      expect(upsampleNearest(images).dataSync()).toEqual(resized.dataSync());
    });
  });

  it('has the gradient of writing every pixel four times', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const images = tf.randomNormal([2, 3, 5, 7], 0, 1, 'float32', 1) as tf.Tensor4D;
      const upstream = tf.randomNormal([2, 6, 10, 7], 0, 1, 'float32', 2);
      const ours = tf.grad((x) => upsampleNearest(x as tf.Tensor4D))(images, upstream);
      const derived = tf.grad((x) => twice(x as tf.Tensor4D))(images, upstream);
      // four float32 summands in another order
      expect(tf.max(tf.abs(tf.sub(ours, derived))).dataSync()[0]).toBeLessThan(1e-6);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
