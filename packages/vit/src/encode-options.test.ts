// What `encode` can be asked for besides tokens: hidden patches, drop path, the last block, and images of other sizes.

import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { classAttention, headAttention, ViTEncoder, type ViTEncoderConfig } from './index';

const size = { imageHeight: 6, imageWidth: 10, patchSize: 2, width: 20, depth: 2, heads: 5, mlpRatio: 3, seed: 11 };
const rng = createRng(2);
const encoder = createEncoder({ maskToken: true });
const images = draw([3, 6, 10, 3]) as tf.Tensor4D;
const made: ViTEncoder[] = [encoder];
let tensorsBefore = 0;

beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  return () => {
    for (const other of made.splice(1)) other.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  };
});
afterAll(() => {
  encoder.dispose();
});

/** With biases and norms away from 0 and 1; the same seed and names give the same values whatever the options. */
function createEncoder(options: Partial<ViTEncoderConfig> = {}): ViTEncoder {
  const created = new ViTEncoder({ ...size, ...options });
  created.variables();
  for (const [name, variable] of created.namedVariables()) {
    if (name === 'pos_embed') continue;
    const stream = createRng(4).split(name);
    tf.tidy(() => {
      const noise = Float32Array.from({ length: variable.size }, () => 0.3 * stream.normal());
      variable.assign(tf.add(variable, tf.tensor(noise, variable.shape)));
    });
  }
  return created;
}

function other(options: Partial<ViTEncoderConfig>): ViTEncoder {
  made.push(createEncoder(options));
  return made.at(-1)!;
}

function draw(shape: number[]): tf.Tensor {
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape);
}

function distance(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
}

// Layer-normalized outputs of order 1; reordered float32 sums of some 100 terms differ by about 1e-6.
const rounding = 1e-5;

describe('hidden', () => {
  it('changes nothing where it is 0, and keeps no trace of a patch where it is 1', () => {
    tf.tidy(() => {
      const plain = encoder.encode(images);
      expect(distance(encoder.encode(images, { hidden: tf.zeros([3, 15]) }).patchTokens, plain.patchTokens)).toBe(0);
      const hidden = tf.tensor2d(
        Float32Array.from({ length: 45 }, (_, index) => Number(index % 15 === 7)),
        [3, 15],
      );
      const pixels = tf.buffer(images.shape, 'float32', images.dataSync<'float32'>().slice());
      for (let y = 2; y < 4; y++) for (let x = 4; x < 6; x++) pixels.set(100, 1, y, x, 2); // patch 7 of image 1
      const spoiled = pixels.toTensor() as tf.Tensor4D;
      const [clean, masked] = [images, spoiled].map((input) => encoder.encode(input, { hidden }));
      expect(distance(masked!.patchTokens, clean!.patchTokens)).toBe(0);
      expect(distance(encoder.encode(spoiled).patchTokens, plain.patchTokens)).toBeGreaterThan(0.1);
      expect(distance(clean!.patchTokens, plain.patchTokens)).toBeGreaterThan(0.1);
    });
  });

  it('stands before the positions: hidden patches still differ, and learn', () => {
    tf.tidy(() => {
      const masked = encoder.namedVariables().get('masked_embed')!;
      expect(masked.shape).toEqual([1, 20]);
      const hidden = tf.ones<tf.Rank.R2>([3, 15]);
      const { patchTokens } = encoder.encode(images, { hidden });
      const [first, second] = tf.split(patchTokens, [1, 14], 1) as [tf.Tensor, tf.Tensor];
      expect(tf.min(tf.max(tf.abs(tf.sub(first, second)), -1)).dataSync()[0]).toBeGreaterThan(0.01);
      const weights = draw([3, 15, 20]);
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.mul(encoder.encode(images, { hidden }).patchTokens, weights)) as tf.Scalar,
        [masked],
      );
      expect(tf.max(tf.abs(grads[masked.name]!)).dataSync()[0]).toBeGreaterThan(0.1);
    });
  });
});

describe('pathGains', () => {
  it('leaves blocks out: with the second at 0, the encoder is one of a single block', () => {
    const shallow = other({ depth: 1 });
    tf.tidy(() => {
      const withoutSecond = tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [4, 3]);
      const expected = shallow.encode(images).patchTokens;
      expect(distance(encoder.encode(images, { pathGains: withoutSecond }).patchTokens, expected)).toBeLessThan(
        rounding,
      );
    });
  });

  it('scales each branch of each image: as if the weights of that branch were scaled', () => {
    const gains = [
      [1, 0.5, 2],
      [3, 1, 0],
      [0, 2, 1],
      [1.5, 0.25, 1],
    ];
    const branches = ['blocks.0.attn.proj', 'blocks.0.mlp.fc2', 'blocks.1.attn.proj', 'blocks.1.mlp.fc2'];
    const twins = [0, 1, 2].map((image) => {
      const twin = other({});
      branches.forEach((name, branch) => {
        for (const part of ['kernel', 'bias']) {
          const variable = twin.namedVariables().get(`${name}.${part}`)!;
          tf.tidy(() => variable.assign(tf.mul(variable, gains[branch]![image]!)));
        }
      });
      return twin;
    });
    tf.tidy(() => {
      const { patchTokens } = encoder.encode(images, { pathGains: tf.tensor2d(gains) });
      twins.forEach((twin, image) => {
        const alone = twin.encode(tf.slice(images, [image, 0, 0, 0], [1, -1, -1, -1])).patchTokens;
        expect(distance(tf.slice(patchTokens, [image, 0, 0], [1, -1, -1]), alone)).toBeLessThan(rounding);
      });
    });
  });
});

describe('lastBlock', () => {
  it.each([false, true])('query and keys give the class attention of each head again, visible only: %s', (some) => {
    tf.tidy(() => {
      const visible = some ? tf.tensor2d([3, 0, 7, 9, 14, 1, 6, 2, 8, 12, 5], [1, 11], 'int32') : undefined;
      const input = some ? tf.slice(images, [1, 0, 0, 0], [1, -1, -1, -1]) : images;
      const encoding = encoder.encode(input, { visible, attention: true, lastBlock: true });
      expect(encoding.attention!.length).toBe(2);
      const attended = headAttention(encoding.attention![1]!); // [B, heads, K]
      const expected = tf.div(attended, tf.sum(attended, -1, true)); // without the class token's own share
      const [batchSize, patchCount] = encoding.patchKeys!.shape;
      const queries = tf.reshape(encoding.classQuery!, [batchSize, 5, 1, 4]);
      const keys = tf.transpose(tf.reshape(encoding.patchKeys!, [batchSize, patchCount, 5, 4]), [0, 2, 1, 3]);
      const logits = tf.mul(tf.matMul(queries, keys, false, true), 0.5); // 1 / sqrt(4)
      expect(distance(tf.reshape(tf.softmax(logits), expected.shape), expected)).toBeLessThan(1e-6); // values below 1
      expect(distance(tf.mean(attended, 1), classAttention(encoding.attention![1]!))).toBeLessThan(1e-6);
      const plain = encoder.encode(input, { visible, lastBlock: true });
      expect(plain.attention).toBeUndefined();
      expect(distance(plain.patchKeys!, encoding.patchKeys!)).toBe(0);
      expect(encoder.encode(input, { visible, attention: true }).classQuery).toBeUndefined();
    });
  });
});

describe('images of another size', () => {
  it.each([
    {},
    { positionInterpolation: 'dino' },
    { positionInterpolation: 'recompute' },
    { positions: 'learned' },
  ] as const)('encodes 14 x 4 pixels as an encoder for that size with the same table, %o', (options) => {
    const twin = other(options);
    const native = other({ ...options, imageHeight: 14, imageWidth: 4, positionGrid: { rows: 3, columns: 5 } });
    tf.tidy(() => {
      expect(twin.gridOf(14, 4)).toEqual({ rows: 7, columns: 2, patchCount: 14 });
      const tall = draw([2, 14, 4, 3]) as tf.Tensor4D;
      const [got, expected] = [twin, native].map((one) => one.encode(tall));
      expect(got!.patchTokens.shape).toEqual([2, 14, 20]);
      expect(distance(got!.patchTokens, expected!.patchTokens)).toBe(0);
      expect(distance(got!.classToken!, expected!.classToken!)).toBe(0);
      const all = tf.add(tf.zeros([2, 1], 'int32'), tf.range(0, 14, 1, 'int32')) as tf.Tensor2D;
      expect(distance(twin.encode(tall, { visible: all }).patchTokens, got!.patchTokens)).toBeLessThan(rounding);
    });
  });

  it('takes the table of whole patches for overlapping ones', () => {
    const overlapping = other({
      patchSize: 4,
      patchStride: 2,
      positionGrid: { rows: 2, columns: 3 },
      positions: 'learned',
    });
    tf.tidy(() => {
      expect(overlapping.grid).toEqual({ rows: 3, columns: 5, patchCount: 15 });
      expect(overlapping.namedVariables().get('pos_embed')!.shape).toEqual([1, 7, 20]);
      expect(overlapping.encode(images).patchTokens.shape).toEqual([3, 15, 20]);
    });
  });
});

describe('configuration', () => {
  it('survives being written down', () => {
    const original = other({
      patchSize: 4,
      patchStride: 2,
      positions: 'learned',
      positionGrid: { rows: 2, columns: 3 },
      positionInterpolation: 'dino',
      maskToken: true,
    });
    const written = JSON.parse(JSON.stringify(original.getConfig()));
    const copy = new ViTEncoder({ ...written, name: 'copy' });
    made.push(copy);
    expect(copy.getConfig()).toEqual({ ...written, name: 'copy' });
    tf.tidy(() => {
      copy.variables();
      for (const [name, variable] of original.namedVariables()) copy.namedVariables().get(name)!.assign(variable);
      expect(copy.variables().length).toBe(original.variables().length);
      expect(distance(copy.encode(images).patchTokens, original.encode(images).patchTokens)).toBe(0);
    });
  });

  it('names what does not fit', () => {
    const plain = other({});
    tf.tidy(() => {
      expect(() => plain.encode(images, { hidden: tf.zeros([3, 15]) })).toThrow(
        'encoder: hidden needs an encoder with maskToken that sees all patches, got no mask token; build the encoder',
      );
      const visible = tf.zeros<tf.Rank.R2>([3, 7], 'int32');
      expect(() => encoder.encode(images, { visible, hidden: tf.zeros([3, 15]) })).toThrow(
        'got visible patches besides',
      );
      expect(() => encoder.encode(images, { hidden: tf.zeros([3, 14]) })).toThrow(
        'encoder: hidden must have shape [3, 15], got [3, 14]',
      );
      expect(() => encoder.encode(images, { pathGains: tf.zeros([2, 3]) })).toThrow(
        'encoder: pathGains must have shape [4, 3], got [2, 3]; use drawPathGains',
      );
      expect(() => headAttention(tf.zeros([2, 3, 4]) as tf.Tensor as tf.Tensor4D)).toThrow(
        'headAttention: attention must',
      );
    });
  });
});
