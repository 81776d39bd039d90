import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { transformerBlock, transformerBlockWeights } from './transformer-block';
import { resolveTransformer } from './transformer-config';

const [batchSize, tokenCount, width, heads] = [2, 11, 12, 3] as const;
const transformer = resolveTransformer('test', { width, heads, depth: 1, hiddenWidth: 13 });

describe('transformerBlock for the last tokens only', () => {
  it.each([1, 5, 11])(
    'gives what it gives them among all, and the same gradients, for the last %i of 11',
    (queryCount) => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const rng = createRng(7);
        const normal = (shape: number[]) =>
          tf.tensor(
            Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
            shape,
          );
        const weights = new Map(
          transformerBlockWeights('block', transformer).map(({ name, shape }) => [name, normal(shape)]),
        );
        const x = normal([batchSize * tokenCount, width]) as tf.Tensor2D;
        const lastOf = (output: tf.Tensor2D) =>
          tf.slice(tf.reshape(output, [batchSize, tokenCount, width]), [0, tokenCount - queryCount, 0], [-1, -1, -1]);
        const run = (input: tf.Tensor, asked?: number) =>
          transformerBlock(
            input as tf.Tensor2D,
            <T extends tf.Tensor>(name: string) => weights.get(`block.${name}`) as T,
            transformer,
            { batchSize, tokenCount, queryCount: asked },
          );
        const whole = (input: tf.Tensor) => lastOf(run(input).output);
        const part = (input: tf.Tensor) => tf.reshape(run(input, queryCount).output, [batchSize, queryCount, width]);
        const attention = run(x, queryCount).attention;
        expect(attention.shape).toEqual([batchSize, heads, queryCount, tokenCount]);
        const [expected, actual] = [whole, part].map((output) => {
          const gradient = tf.grad((input) => tf.sum(tf.square(output(input))))(x);
          return [...output(x).dataSync(), ...gradient.dataSync()];
        });
        // the same sums over fewer rows, in the same order but for the matrix products' blocking
        expected!.forEach((value, index) => {
          expect(Math.abs(actual![index]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
        });
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
