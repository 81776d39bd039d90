import '@tensorflow/tfjs-backend-cpu';
import { createRng, type PatchSides } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { antialiasedBicubicMap } from './positions/bicubic-map';
import { resamplePatchEmbedding } from './resample-patch-embedding';
import { separableMap } from './tensor/separable-map';

const sizes: [PatchSides, PatchSides][] = [
  [
    { height: 3, width: 5 },
    { height: 7, width: 11 },
  ],
  [
    { height: 7, width: 5 },
    { height: 2, width: 3 },
  ],
  [
    { height: 3, width: 8 },
    { height: 5, width: 5 },
  ],
  [
    { height: 1, width: 4 },
    { height: 2, width: 4 },
  ],
];

/** Resizing of patches as one matrix [h'·w', h·w]: the Kronecker product of both axes. */
function resizing(from: PatchSides, to: PatchSides): tf.Tensor2D {
  const [rows, columns] = [antialiasedBicubicMap(from.height, to.height), antialiasedBicubicMap(from.width, to.width)];
  return tf.tensor2d(
    Float32Array.from({ length: to.height * to.width * from.height * from.width }, (_, index) => {
      const [output, input] = [Math.floor(index / (from.height * from.width)), index % (from.height * from.width)];
      const row = Math.floor(output / to.width) * from.height + Math.floor(input / from.width);
      return rows.matrix[row]! * columns.matrix[(output % to.width) * from.width + (input % from.width)]!;
    }),
    [to.height * to.width, from.height * from.width],
  );
}

function distance(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
}

describe('resamplePatchEmbedding', () => {
  it.each(sizes)('applies the pseudo-inverse of the transposed resizing, %j to %j', (from, to) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const b = resizing(from, to);
      const inverse = tf.transpose(resamplePatchEmbedding(tf.eye(from.height * from.width), { from, to })); // B⁺
      const [left, right] = [tf.matMul(b, inverse), tf.matMul(inverse, b)];
      // The four conditions of Penrose, which only one matrix fulfills; float32 products of order 1.
      expect(distance(tf.matMul(left, b), b)).toBeLessThan(1e-5);
      expect(distance(tf.matMul(right, inverse), inverse)).toBeLessThan(1e-5);
      expect(distance(left, tf.transpose(left))).toBeLessThan(1e-5);
      expect(distance(right, tf.transpose(right))).toBeLessThan(1e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives enlarged patches the embedding of the patches, whatever their colors', () => {
    tf.tidy(() => {
      const rng = createRng(3);
      const normal = (shape: number[]) =>
        tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape);
      const [from, to] = [
        { height: 3, width: 5 },
        { height: 7, width: 11 },
      ];
      const kernel = normal([3 * 5 * 2, 13]) as tf.Tensor2D;
      const patches = normal([17, 3, 5, 2]) as tf.Tensor4D;
      const enlarged = separableMap(patches, antialiasedBicubicMap(3, 7), antialiasedBicubicMap(5, 11));
      const expected = tf.matMul(tf.reshape(patches, [17, 30]), kernel);
      const got = tf.matMul(tf.reshape(enlarged, [17, 7 * 11 * 2]), resamplePatchEmbedding(kernel, { from, to }));
      expect(distance(got, expected)).toBeLessThan(1e-4); // sums of 154 products of order 1
    });
  });

  it('names what does not fit', () => {
    tf.tidy(() => {
      const kernel = tf.zeros<tf.Rank.R2>([20, 3]);
      expect(() => resamplePatchEmbedding(kernel, { from: 3, to: 4 })).toThrow(
        'resamplePatchEmbedding: the first axis of kernel must be a multiple of 3·3, got 20; pass the patch size that it was made for',
      );
      expect(() => resamplePatchEmbedding(kernel, { from: 2, to: { height: 0, width: 3 } })).toThrow(
        'to must be an integer of at least 1, got 0',
      );
    });
  });
});
