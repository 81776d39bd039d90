// The encoder against a second one, written with loops over float64 numbers and nothing shared but the weights.

import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { ViTEncoder } from './vit-encoder';

type Matrix = number[][];
type Weights = (name: string) => number[];

const heads = 3;
const width = 12;
const depth = 2;

it('ViTEncoder agrees with a naive encoder, tokens and attention', () => {
  const encoder = new ViTEncoder({
    imageHeight: 10,
    imageWidth: 6,
    patchSize: 2,
    channels: 3,
    width,
    depth,
    heads,
    mlpRatio: 5,
    seed: 2,
  });
  encoder.variables();
  const before = tf.memory().numTensors;
  const rng = createRng(9);
  tf.tidy(() => {
    // away from the special values 0 and 1 that biases and norms start at
    for (const variable of encoder.namedVariables().values()) {
      const noise = Float32Array.from({ length: variable.size }, () => 0.3 * rng.normal());
      variable.assign(tf.add(variable, tf.tensor(noise, variable.shape)));
    }
    const weights: Weights = (name) => [...encoder.namedVariables().get(name)!.dataSync()];
    const images = tf.tensor4d(
      Float32Array.from({ length: 2 * 10 * 6 * 3 }, () => rng.normal()),
      [2, 10, 6, 3],
    );
    const visible = [
      [3, 0, 14, 7, 9],
      [1, 8, 2, 13, 12],
    ];
    const { classToken, patchTokens, attention } = encoder.encode(images, {
      visible: tf.tensor2d(visible, [2, 5], 'int32'),
      attention: true,
    });

    visible.forEach((indices, image) => {
      const naive = naiveEncoder(images.arraySync()[image]!, indices, weights);
      expectClose([classToken!.arraySync()[image]!, ...patchTokens.arraySync()[image]!], naive.tokens);
      attention!.forEach((map, block) => {
        map.arraySync()[image]!.forEach((rows, head) => {
          expectClose(rows, naive.attention[block]![head]!);
        });
      });
    });
  });
  expect(tf.memory().numTensors).toBe(before);
  encoder.namedVariables().forEach((variable) => {
    variable.dispose();
  });
});

function expectClose(got: Matrix, expected: Matrix): void {
  got.forEach((row, r) => {
    row.forEach((value, c) => {
      expect(Math.abs(value - expected[r]![c]!)).toBeLessThan(2e-5); // float32 through two blocks; tfjs's erf adds 1.5e-7 each
    });
  });
}

function naiveEncoder(
  image: number[][][],
  visible: number[],
  weight: Weights,
): { tokens: Matrix; attention: Matrix[][] } {
  const positions = rowsOf(weight('pos_embed'), width);
  const patches = visible.map((patch) => {
    const pixels: number[] = [];
    for (let y = 0; y < 2; y++)
      for (let x = 0; x < 2; x++) pixels.push(...image[Math.floor(patch / 3) * 2 + y]![(patch % 3) * 2 + x]!);
    return pixels;
  });
  const embedded = affine(patches, weight('patch_embed.proj.kernel'), weight('patch_embed.proj.bias'));
  let x = [
    weight('cls_token').map((value, d) => value + positions[0]![d]!),
    ...embedded.map((row, k) => row.map((value, d) => value + positions[1 + visible[k]!]![d]!)),
  ];
  const attention: Matrix[][] = [];
  for (let block = 0; block < depth; block++) {
    const of: Weights = (name) => weight(`blocks.${block}.${name}`);
    const normed = norm(x, of('norm1.gamma'), of('norm1.beta'));
    const qkv = affine(normed, of('attn.qkv.kernel'), of('attn.qkv.bias'));
    const mixed: Matrix = x.map(() => new Array(width).fill(0));
    const maps: Matrix[] = [];
    for (let head = 0; head < heads; head++) {
      const part = (third: number, token: number) =>
        qkv[token]!.slice(third * width + head * 4, third * width + head * 4 + 4);
      const map = x.map((_, query) => softmax(x.map((__, key) => dot(part(0, query), part(1, key)) / Math.sqrt(4))));
      map.forEach((row, query) => {
        for (let d = 0; d < 4; d++)
          mixed[query]![head * 4 + d] = dot(
            row,
            x.map((_, key) => part(2, key)[d]!),
          );
      });
      maps.push(map);
    }
    attention.push(maps);
    x = plus(x, affine(mixed, of('attn.proj.kernel'), of('attn.proj.bias')));
    const hidden = affine(norm(x, of('norm2.gamma'), of('norm2.beta')), of('mlp.fc1.kernel'), of('mlp.fc1.bias'));
    const active = hidden.map((row) => row.map((value) => (value / 2) * (1 + erf(value / Math.SQRT2))));
    x = plus(x, affine(active, of('mlp.fc2.kernel'), of('mlp.fc2.bias')));
  }
  return { tokens: norm(x, weight('norm.gamma'), weight('norm.beta')), attention };
}

function rowsOf(values: number[], length: number): Matrix {
  return Array.from({ length: values.length / length }, (_, row) => values.slice(row * length, (row + 1) * length));
}

function affine(x: Matrix, kernel: number[], bias: number[]): Matrix {
  const columns = bias.length;
  return x.map((row) =>
    bias.map((offset, o) => row.reduce((sum, value, i) => sum + value * kernel[i * columns + o]!, offset)),
  );
}

function norm(x: Matrix, gamma: number[], beta: number[]): Matrix {
  return x.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return row.map((value, d) => ((value - mean) / Math.sqrt(variance + 1e-6)) * gamma[d]! + beta[d]!);
  });
}

function softmax(row: number[]): number[] {
  const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / total);
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

function plus(a: Matrix, b: Matrix): Matrix {
  return a.map((row, r) => row.map((value, c) => value + b[r]![c]!));
}

/** The Taylor series, exact to 1e-10 for |x| < 4 in float64; beyond, erf differs from ±1 by less than 2e-8. */
function erf(x: number): number {
  if (Math.abs(x) >= 4) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
