import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { partTokens } from '../attention/part-tokens';
import { attentionMaps, type SoftmaxAxis } from './attention-maps';

const [batch, partCount, patchCount, channels, width] = [2, 3, 11, 7, 5];
const temperature = 0.6;

/** Eq. 2 word for word: both sides embedded, then multiplied. */
function slowMaps(parts: number[][][], patches: number[][][], query: number[][], key: number[][], axis: SoftmaxAxis) {
  const embed = (matrix: number[][], token: number[]) =>
    matrix.map((row) => row.reduce((sum, weight, c) => sum + weight * token[c]!, 0));
  return parts.map((tokens, image) => {
    const scores = tokens.map((part) => {
      const embedded = embed(query, part);
      return patches[image]!.map((patch) =>
        Math.exp(temperature * embed(key, patch).reduce((sum, value, d) => sum + value * embedded[d]!, 0)),
      );
    });
    const total = (p: number, n: number) =>
      axis === 'positions'
        ? scores[p]!.reduce((sum, value) => sum + value, 0)
        : scores.reduce((sum, row) => sum + row[n]!, 0);
    return scores.map((row, p) => row.map((value, n) => value / total(p, n)));
  });
}

describe('attentionMaps', () => {
  it.each(['positions', 'parts'] as const)('is Eq. 2 written with loops, softmax over %s', (softmaxAxis) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 0.7, 'float32', seed);
      const parts = random([batch, partCount, channels], 1) as tf.Tensor3D;
      const patches = random([batch, patchCount, channels], 2) as tf.Tensor3D;
      const query = random([width, channels], 3) as tf.Tensor2D;
      const key = random([width, channels], 4) as tf.Tensor2D;
      const maps = attentionMaps({
        partTokens: parts,
        patchTokens: patches,
        queryProjection: query,
        keyProjection: key,
        temperature,
        softmaxAxis,
      });
      const expected = slowMaps(
        parts.arraySync(),
        patches.arraySync(),
        query.arraySync(),
        key.arraySync(),
        softmaxAxis,
      );
      expect(maps.shape).toEqual([batch, partCount, patchCount]);
      // logits of size 3 in float32, exponentiated
      const difference = tf.max(tf.abs(tf.sub(maps, tf.tensor3d(expected)))).dataSync()[0];
      expect(difference).toBeLessThan(1e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is multi-head attention when the gates cut the channels into heads', () => {
    tf.tidy(() => {
      const heads = 3;
      const headWidth = 5;
      const query = tf.randomNormal([batch, heads * headWidth], 0, 1, 'float32', 5) as tf.Tensor2D;
      const keys = tf.randomNormal([batch, patchCount, heads * headWidth], 0, 1, 'float32', 6) as tf.Tensor3D;
      // sigmoid(+-100) is 1 and 0 in float32: gate i is exactly the i-th block of channels
      const bias = tf.sub(tf.mul(headBlocks(heads, headWidth), 200), 100) as tf.Tensor2D;
      const gates = { input: tf.zeros<tf.Rank.R2>([15, 6]), output: tf.zeros<tf.Rank.R3>([3, 2, 15]), bias };
      const maps = attentionMaps({
        partTokens: partTokens(query, gates),
        patchTokens: keys,
        queryProjection: tf.eye(15),
        keyProjection: tf.eye(15),
        temperature: 1 / Math.sqrt(headWidth),
        softmaxAxis: 'positions',
      });
      const split = (tokens: tf.Tensor, count: number) =>
        tf.transpose(tf.reshape(tokens, [batch, count, heads, headWidth]), [0, 2, 1, 3]);
      const scores = tf.matMul(split(query, 1), split(keys, patchCount), false, true); // [B, heads, 1, N]
      const attention = tf.softmax(tf.div(scores, Math.sqrt(headWidth)));
      const difference = tf.sub(maps, tf.reshape(attention, [batch, heads, patchCount]));
      // the closed channels add exact zeros; only the order of the sums differs
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-6);
    });
  });
});

/** 1 on the channels of each head: [heads, heads * width]. */
function headBlocks(heads: number, headWidth: number): tf.Tensor {
  return tf.reshape(tf.mul(tf.expandDims(tf.eye(heads), 2), tf.ones([1, 1, headWidth])), [heads, heads * headWidth]);
}
