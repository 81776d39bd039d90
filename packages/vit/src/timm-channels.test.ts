// Images of other than three channels against timm: numbers made by __fixtures__/timm-channels.py.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { adaptPatchChannels, assignTimmWeights, timmWeights, ViTEncoder } from './index';

interface Fixture {
  encoders: { channels: number; shapes: Record<string, number[]>; tokens: number[]; kernelGradient: number[] }[];
  adapted: { to: number; expected: number[] }[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('./__fixtures__/timm-channels.json', import.meta.url), 'utf8'),
);

/** `draw` of the generator: uniform in [-1, 1). */
function draw(name: string, shape: readonly number[]): Float32Array {
  let state = 0;
  for (const character of name) state = (Math.imul(state, 31) + character.charCodeAt(0)) >>> 0;
  return Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs(got[index]! - value)).toBeLessThan(tolerance);
  });
}

describe('as in timm', () => {
  it.each(fixture.encoders)('tokens and gradient of the embedding, in_chans $channels', async (one) => {
    const before = tf.memory().numTensors;
    const { channels, shapes, tokens, kernelGradient } = one;
    const sizes = {
      imageHeight: 15,
      imageWidth: 21,
      patchSize: { height: 3, width: 7 },
      width: 12,
      depth: 1,
      heads: 3,
    };
    const encoder = new ViTEncoder({ ...sizes, channels, positions: 'learned' });
    const weights = Object.entries(shapes).map(([name, shape]) => {
      return [name, { shape, read: async () => draw(name, shape) }] as const;
    });
    await assignTimmWeights(encoder, new Map(weights));
    const kernel = encoder.namedVariables().get('patch_embed.proj.kernel')!;
    tf.tidy(() => {
      const images = tf.transpose(
        tf.tensor4d(draw('images', [2, channels, 15, 21]), [2, channels, 15, 21]),
        [0, 2, 3, 1],
      );
      const { value, grads } = tf.variableGrads(() => {
        const output = encoder.apply(images) as tf.Tensor3D;
        expectClose(output.dataSync(), tokens, 2e-4); // values up to 10
        return tf.sum(tf.mul(output, tf.tensor3d(draw('tokens', output.shape), output.shape)));
      }, [kernel]);
      expect(Number.isFinite(value.dataSync()[0])).toBe(true);
      kernel.assign(grads[kernel.name]!); // to read it in timm's layout
    });
    const gradient = await timmWeights(encoder).get('patch_embed.proj.weight')!.read();
    const largest = Math.max(...kernelGradient.map(Math.abs));
    expectClose(gradient, kernelGradient, 1e-4 * largest); // float32 sums of 30 patches
    encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(fixture.adapted)('weights of RGB for $to channels', ({ to, expected }) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const weight = tf.tensor4d(draw('rgb', [5, 3, 3, 2]), [5, 3, 3, 2]);
      const kernel = tf.reshape<tf.Rank.R2>(tf.transpose(weight, [2, 3, 1, 0]), [-1, 5]);
      const adapted = tf.reshape(adaptPatchChannels(kernel, { from: 3, to }), [3, 2, to, 5]);
      expectClose(tf.transpose(adapted, [3, 2, 0, 1]).dataSync(), expected, 1e-6); // one product or a sum of three
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('adaptPatchChannels', () => {
  it('leaves as many channels as there are as they are', () => {
    const kernel = tf.tensor2d(draw('kernel', [14, 5]), [14, 5]);
    const same = adaptPatchChannels(kernel, { from: 2, to: 2 });
    expect(same.dataSync()).toEqual(kernel.dataSync());
    tf.dispose([kernel, same]);
  });

  it('refuses a kernel of other channels', () => {
    const kernel = tf.zeros<tf.Rank.R2>([14, 5]);
    expect(() => adaptPatchChannels(kernel, { from: 3, to: 1 })).toThrow(
      'adaptPatchChannels: the first axis of kernel must be a multiple of 3, got 14',
    );
    kernel.dispose();
  });
});
