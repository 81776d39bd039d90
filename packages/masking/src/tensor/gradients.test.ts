// The gradients that gather, against the gradient that tf.gather has of its own: a segment sum, which scatters.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients

import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { drawRows, masksHiding, patchCount, rowsTensor } from './__fixtures__/token-twins';
import { gatherMasked, gatherVisible, maskTensors } from './index';

beforeAll(async () => {
  await registerOnnxBackend();
});
afterAll(() => tf.setBackend('cpu'));

/** tf.gather of the rows that `indices` [B, K] name, one image at a time. */
function gatherByImage(tokens: tf.Tensor3D, indices: tf.Tensor2D): tf.Tensor3D {
  const images = tf.unstack(tokens).map((image, index) => tf.gather(image, tf.unstack(indices)[index] as tf.Tensor1D));
  return tf.stack(images) as tf.Tensor3D;
}

it.each(['cpu', 'onnx'])('has the value and gradients of tf.gather, of any axes behind N, on %s', async (backend) => {
  await tf.setBackend(backend);
  const tensorsBefore = tf.memory().numTensors;
  tf.tidy(() => {
    const { batch } = masksHiding(7, 7, 7, 7, 7, 7, 7);
    const tokens = rowsTensor(drawRows(7, patchCount, 1));
    const step = compile((...inputs) => {
      const [x, masks] = inputs as [tf.Tensor3D, ReturnType<typeof maskTensors>];
      const wave = (gather: (tokens: tf.Tensor3D) => tf.Tensor) =>
        tf.valueAndGrad((y: tf.Tensor) => tf.sum(tf.sin(gather(y as tf.Tensor3D))) as tf.Scalar)(x);
      const pair = (name: string, { value, grad }: { value: tf.Tensor; grad: tf.Tensor }) => ({
        [`${name} value`]: value,
        [`${name} gradient`]: grad,
      });
      return {
        ...pair(
          'visible',
          wave((y) => gatherVisible(y, masks)),
        ),
        ...pair(
          'visible twin',
          wave((y) => gatherByImage(y, masks.visible)),
        ),
        ...pair(
          'masked',
          wave((y) => gatherMasked(tf.expandDims(y, -1), masks)),
        ),
        ...pair(
          'masked twin',
          wave((y) => gatherByImage(y, masks.masked)),
        ),
        ...pair(
          'scalars',
          wave((y) => gatherMasked(tf.sum(y, 2), masks)),
        ),
        ...pair(
          'scalars twin',
          wave((y) => tf.sum(gatherByImage(y, masks.masked), 2)),
        ),
      };
    });
    const masks = maskTensors(batch);
    step(tokens, masks); // the second call runs the compiled graph in any case
    const results = step(tokens, masks) as Record<string, tf.Tensor>;
    for (const name of ['visible', 'masked', 'scalars']) {
      for (const what of ['value', 'gradient']) {
        const difference = tf.max(tf.abs(tf.sub(results[`${name} ${what}`]!, results[`${name} twin ${what}`]!)));
        expect(difference.dataSync()[0], `${name} ${what}`).toBeLessThan(1e-5); // sums of 245 sines, in another order
      }
    }
  });
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

it('has gradients of its gradients', async () => {
  await tf.setBackend('cpu');
  tf.tidy(() => {
    const masks = maskTensors(masksHiding(7, 2, 5).batch);
    const tokens = rowsTensor(drawRows(3, patchCount, 1));
    const cubes = (x: tf.Tensor) => tf.sum(tf.pow(gatherVisible(x, masks), 3)) as tf.Scalar;
    const second = tf.grad((x: tf.Tensor) => tf.sum(tf.grad(cubes)(x)))(tokens);
    const seen = tf.mul(tokens, tf.expandDims(tf.sub(1, masks.hidden), -1));
    expect(tf.max(tf.abs(tf.sub(second, tf.mul(6, seen)))).dataSync()[0]).toBeLessThan(1e-5); // (x³)″ = 6x of size 10
  });
});
