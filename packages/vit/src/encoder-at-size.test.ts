import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { encoderAtSize } from './encoder-at-size';
import { ViTEncoder } from './vit-encoder';

const sizes = { imageHeight: 12, imageWidth: 20, patchSize: 4, width: 12, depth: 1, heads: 3, seed: 5 };

describe('encoderAtSize', () => {
  it.each([
    ['sin-cos positions', {}],
    ['recomputed positions', { positionInterpolation: 'recompute' }],
    ['learned positions', { positions: 'learned', positionInterpolation: 'dino', maskToken: true }],
    ['overlapping patches', { patchStride: 2, positionGrid: { rows: 3, columns: 5 } }],
  ] as const)('gives the same tokens with a table of the new grid: %s', (_, options) => {
    const before = tf.memory().numTensors;
    const encoder = new ViTEncoder({ ...sizes, ...options });
    const rng = createRng(3);
    tf.tidy(() => {
      for (const variable of encoder.variables()) {
        variable.assign(
          tf.add(variable, tf.tensor(Float32Array.from({ length: variable.size }, rng.normal), variable.shape)),
        );
      }
      const [height, width] = [28, 8];
      const copy = encoderAtSize(encoder, { height, width });
      const { rows, columns } = encoder.gridOf(height, width);
      expect(copy.namedVariables().get('pos_embed')!.shape).toEqual([1, 1 + rows * columns, 12]);
      expect(copy.getConfig()).toMatchObject({
        imageHeight: height,
        imageWidth: width,
        positionGrid: { rows, columns },
      });
      const pixels = Float32Array.from({ length: 2 * height * width * 3 }, rng.normal);
      const [tokens, expected] = [copy, encoder].map((one) =>
        (one.apply(tf.tensor4d(pixels, [2, height, width, 3])) as tf.Tensor).dataSync(),
      );
      expect(tokens).toEqual(expected);
      copy.dispose();
    });
    encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
