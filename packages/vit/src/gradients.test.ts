// Gradients of the whole model against differences of its loss.

import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { MAEDecoder } from './mae-decoder';
import { ViTEncoder } from './vit-encoder';

it('gives every trainable weight the gradient that differences of the loss show', () => {
  const before = tf.memory().numTensors;
  const rng = createRng(21);
  const draw = (shape: number[], scale = 1) =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => scale * rng.normal()),
      shape,
    );
  const encoder = new ViTEncoder({
    imageHeight: 6,
    imageWidth: 10,
    patchSize: 2,
    width: 12,
    depth: 1,
    heads: 3,
    mlpRatio: 2,
    trainablePositions: true,
  });
  const decoder = new MAEDecoder({
    grid: encoder.grid,
    patchSize: 2,
    encoderWidth: 12,
    width: 8,
    depth: 1,
    heads: 2,
    mlpRatio: 3,
  });
  const variables = [...encoder.variables(), ...decoder.variables()];
  expect(variables.length).toBe(4 + 12 + 2 + (2 + 1 + 12 + 2 + 2));

  tf.tidy(() => {
    for (const variable of variables) variable.assign(tf.add(variable, draw(variable.shape, 0.3))); // away from zeros and ones
    const images = draw([2, 6, 10, 3]);
    const visible = tf.tensor2d(
      [
        [0, 4, 9, 2],
        [13, 1, 2, 3],
      ],
      [2, 4],
      'int32',
    );
    const masked = tf.tensor2d(
      [
        [1, 3, 5, 6, 7],
        [0, 4, 5, 7, 9],
      ],
      [2, 5],
      'int32',
    );
    const weights = draw([2, 5, 12], 0.2);
    const loss = () =>
      tf.tidy(() => {
        const tokens = encoder.apply([images, visible]) as tf.Tensor;
        return tf.sum(tf.mul(weights, decoder.apply([tokens, visible, masked]) as tf.Tensor)) as tf.Scalar;
      });
    const { grads } = tf.variableGrads(loss, variables);

    const step = 0.01;
    for (const variable of variables) {
      const gradient = grads[variable.name];
      if (gradient == null) throw new Error(`${variable.name} has no gradient`);
      const direction = tf.sign(gradient); // the direction in which the loss moves most, so that rounding matters least
      const slope = tf.sum(tf.abs(gradient)).dataSync()[0]!;
      expect(slope, variable.name).toBeGreaterThan(1e-3);
      const length = step / Math.sqrt(variable.size);
      const start = tf.clone(variable);
      const lossAt = (offset: number) => {
        variable.assign(tf.add(start, tf.mul(direction, offset)));
        return loss().dataSync()[0]!;
      };
      const difference = (lossAt(length) - lossAt(-length)) / (2 * length);
      variable.assign(start);
      // float32 losses near 5 round by 5e-7, over steps of some 1e-3: 5e-4; curvature adds step² relative
      expect(Math.abs(difference - slope) / slope, variable.name).toBeLessThan(0.01);
    }
  });
  for (const variable of [...encoder.namedVariables().values(), ...decoder.namedVariables().values()])
    variable.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
