import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { classAttention } from './class-attention';
import { ViTEncoder } from './vit-encoder';

// B = 2, grid 3x5, p = 7, C = 11 … no two axes of a tensor have one size; width must be a multiple of 4 and of the heads
const sizes = {
  imageHeight: 21,
  imageWidth: 35,
  patchSize: 7,
  channels: 11,
  width: 20,
  depth: 2,
  heads: 5,
  mlpRatio: 3,
};
const patchCount = 15;
const encoder = new ViTEncoder({ ...sizes, seed: 17 });
const images = draw([2, 21, 35, 11]);
const visible = tf.tensor2d(
  [
    [0, 4, 9, 2, 14, 7, 5],
    [13, 1, 2, 3, 6, 11, 8],
  ],
  [2, 7],
  'int32',
);
let tensorsBefore = 0;

encoder.variables(); // created here, so that the tests can count tensors
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  return () => expect(tf.memory().numTensors).toBe(tensorsBefore);
});
afterAll(() => {
  tf.tidy(() => {
    encoder.encode(images);
  });
  expect(encoder.dispose().numDisposedVariables).toBe(4 + 2 * 12 + 2);
});

function draw(shape: [number, number, number, number], seed = 5): tf.Tensor4D {
  const rng = createRng(seed);
  return tf.tensor4d(
    Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal()),
    shape,
  );
}

function distance(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
}

// Outputs are layer-normalized, of order 1; reordered float32 sums of some 500 terms differ by about 1e-6.
const rounding = 1e-5;

describe('ViTEncoder', () => {
  it('permutes its patch tokens as `visible` is permuted, and leaves the class token', () => {
    tf.tidy(() => {
      const order = [3, 0, 6, 2, 5, 1, 4];
      const straight = encoder.encode(images, { visible });
      const permuted = encoder.encode(images, { visible: tf.gather(visible, order, 1) });
      expect(distance(permuted.patchTokens, tf.gather(straight.patchTokens, order, 1))).toBeLessThan(rounding);
      expect(distance(permuted.classToken!, straight.classToken!)).toBeLessThan(rounding);
      expect(distance(permuted.patchTokens, straight.patchTokens)).toBeGreaterThan(0.1);
    });
  });

  it('encodes all patches when nothing is said', () => {
    tf.tidy(() => {
      const all = tf.add(tf.zeros([2, 1], 'int32'), tf.range(0, patchCount, 1, 'int32')) as tf.Tensor2D;
      const said = encoder.encode(images, { visible: all });
      const unsaid = encoder.encode(images);
      expect(distance(said.patchTokens, unsaid.patchTokens)).toBeLessThan(rounding);
      expect(distance(said.classToken!, unsaid.classToken!)).toBeLessThan(rounding);
    });
  });

  it('never touches the pixels of hidden patches', () => {
    tf.tidy(() => {
      const pixels = images.bufferSync();
      const spoiled = tf.buffer([2, 21, 35, 11], 'float32', Float32Array.from(images.dataSync()));
      const indices = visible.arraySync();
      for (const [b, y, x, c] of everyPixel()) {
        const patch = Math.floor(y / 7) * 5 + Math.floor(x / 7);
        spoiled.set(indices[b]!.includes(patch) ? pixels.get(b, y, x, c) : Number.NaN, b, y, x, c);
      }
      const clean = encoder.encode(images, { visible });
      const masked = encoder.encode(spoiled.toTensor() as tf.Tensor4D, { visible });
      expect(distance(encoder.encode(spoiled.toTensor() as tf.Tensor4D).classToken!, clean.classToken!)).toBeNaN();
      expect(distance(clean.patchTokens, masked.patchTokens)).toBe(0);
      expect(distance(clean.classToken!, masked.classToken!)).toBe(0);
    });
  });

  it('gives each image the tokens it gets alone', () => {
    tf.tidy(() => {
      const both = encoder.encode(images, { visible });
      for (const image of [0, 1]) {
        const alone = encoder.encode(tf.slice(images, [image, 0, 0, 0], [1, -1, -1, -1]), {
          visible: tf.slice(visible, [image, 0], [1, -1]),
        });
        expect(distance(alone.patchTokens, tf.slice(both.patchTokens, [image, 0, 0], [1, -1, -1]))).toBeLessThan(
          rounding,
        );
      }
    });
  });

  it('returns one attention map per block, each row a distribution', () => {
    tf.tidy(() => {
      const { attention } = encoder.encode(images, { visible, attention: true });
      expect(attention!.map((map) => map.shape)).toEqual([
        [2, 5, 8, 8],
        [2, 5, 8, 8],
      ]);
      for (const map of attention!) {
        expect(tf.min(map).dataSync()[0]).toBeGreaterThan(0);
        for (const total of tf.sum(map, -1).dataSync()) expect(total).toBeCloseTo(1, 5); // 8 float32 terms
      }
      const last = attention![1]!;
      const toItself = tf.mean(tf.slice(last, [0, 0, 0, 0], [-1, -1, 1, 1]), 1).dataSync();
      tf.sum(classAttention(last), 1)
        .dataSync()
        .forEach((total, image) => {
          expect(total + toItself[image]!).toBeCloseTo(1, 5);
        });
      expect(encoder.encode(images, { visible }).attention).toBeUndefined();
    });
  });

  it('starts from its seed alone', () => {
    const values = (seed: number, depth = 2) => {
      const twin = new ViTEncoder({ ...sizes, depth, seed });
      twin.variables();
      const weights = new Map([...twin.namedVariables()].map(([name, variable]) => [name, [...variable.dataSync()]]));
      for (const variable of twin.namedVariables().values()) variable.dispose();
      return weights;
    };
    const first = values(17);
    expect(values(17)).toEqual(first);
    // every weight has its own stream: adding a block moves none of the others
    const deeper = values(17, 3);
    for (const [name, weight] of first) expect(deeper.get(name)).toEqual(weight);
    const other = values(18);
    for (const name of [
      'cls_token',
      'patch_embed.proj.kernel',
      'patch_embed.proj.bias',
      'blocks.1.attn.qkv.kernel',
      'blocks.0.mlp.fc2.kernel',
    ]) {
      expect(other.get(name)).not.toEqual(first.get(name));
    }
    expect(first.get('blocks.0.attn.proj.kernel')).not.toEqual(first.get('blocks.1.attn.proj.kernel'));
  });

  it('names what does not fit', () => {
    expect(() => new ViTEncoder({ ...sizes, imageWidth: 36 })).toThrow(
      'patches of 7 pixels must divide both sides of the image, got 21x36',
    );
    expect(() => new ViTEncoder({ ...sizes, heads: 3 })).toThrow('ViTEncoder: width must be a multiple of heads (3)');
    expect(() => new ViTEncoder({ ...sizes, mlpRatio: 1.33 })).toThrow('mlpRatio · width must be an integer');
    tf.tidy(() => {
      expect(() => encoder.encode(tf.zeros([2, 21, 35, 3]))).toThrow(
        'encoder: images must have shape [any, any, any, 11], got [2, 21, 35, 3]',
      );
      expect(() => encoder.encode(tf.zeros([2, 21, 36, 11]))).toThrow(
        'patches of 7 pixels must divide both sides of the image, got 21x36',
      );
      expect(() => encoder.encode(images, { visible: tf.zeros([3, 7], 'int32') })).toThrow(
        'visible must have shape [2, any], got [3, 7]',
      );
    });
  });
});

function* everyPixel(): Generator<[number, number, number, number]> {
  for (let b = 0; b < 2; b++)
    for (let y = 0; y < 21; y++) for (let x = 0; x < 35; x++) for (let c = 0; c < 11; c++) yield [b, y, x, c];
}
