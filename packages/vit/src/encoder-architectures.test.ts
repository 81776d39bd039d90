// What holds for the encoder whatever it is built of. Numbers of timm are in timm-options.test.ts.

import '@tensorflow/tfjs-backend-cpu';
import { createRng, type PatchSize } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { input, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';

import {
  type Encoding,
  encoderAtSize,
  headAttention,
  splitTokens,
  type TransformerConfig,
  ViTEncoder,
  type ViTEncoderConfig,
} from './index';

const size = { imageHeight: 6, imageWidth: 15, patchSize: { height: 2, width: 3 }, width: 20, depth: 2, heads: 5 };
const plain = { ...size, hiddenWidth: 17, seed: 11, maskToken: true };
const architectures: [string, Partial<ViTEncoderConfig>][] = [
  ['distillation token', { distillationToken: true }],
  ['registers behind a class token with a position', { registers: 3 }],
  ['registers behind a class token without one', { registers: 3, classPosition: false, layerScale: 0.5 }],
  ['no class token', { classToken: false, positions: 'learned' }],
  ['registers alone', { classToken: false, registers: 2, finalNorm: 'pooled' }],
  ['SwiGLU', { mlp: 'swiglu', finalNorm: 'none', normEpsilon: 0.01 }],
  [
    'norm before, no biases, antialiased positions',
    { preNorm: true, qkvBias: false, patchBias: false, positionInterpolation: 'antialias' },
  ],
  ['overlapping patches', { patchSize: { height: 4, width: 3 }, patchStride: { height: 2, width: 3 } }],
];
const images = draw([3, 6, 15, 3], 2);
const made: ViTEncoder[] = [];
let tensorsBefore = 0;

beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  return () => {
    for (const encoder of made.splice(0)) encoder.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  };
});

/** With biases and norms away from 0 and 1; the same seed and names give the same values whatever the options. */
function create(options: Partial<ViTEncoderConfig>): ViTEncoder {
  const encoder = new ViTEncoder({ ...plain, ...options });
  made.push(encoder);
  encoder.variables();
  for (const [name, variable] of encoder.namedVariables()) {
    const noise = draw(variable.shape, 4, name);
    tf.tidy(() => variable.assign(tf.add(variable, tf.mul(noise, 0.3))));
    noise.dispose();
  }
  return encoder;
}

function draw<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number, name = 'values'): tf.Tensor<R> {
  const rng = createRng(seed).split(name);
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape);
}

function distance(a: tf.Tensor | undefined, b: tf.Tensor | undefined): number {
  expect(a?.shape).toEqual(b?.shape);
  return a === undefined ? 0 : tf.max(tf.abs(tf.sub(a, b!))).dataSync()[0]!;
}

// Tokens of order 1 to 10; reordered float32 sums of some hundred terms.
const rounding = 1e-4;
const order = [3, 0, 14, 7, 9, 1, 2, 13, 12, 4, 5, 6, 8, 10, 11];

describe.each(architectures)('%s', (_, options) => {
  it('permutes its patch tokens as `visible` is permuted, and leaves the others', () => {
    const encoder = create(options);
    tf.tidy(() => {
      const visible = tf.add(tf.zeros([3, 1], 'int32'), tf.tensor1d(order, 'int32')) as tf.Tensor2D;
      const [whole, permuted] = [
        encoder.encode(images as tf.Tensor4D),
        encoder.encode(images as tf.Tensor4D, { visible }),
      ];
      expect(distance(permuted.patchTokens, tf.gather(whole.patchTokens, order, 1))).toBeLessThan(rounding);
      for (const name of ['classToken', 'distillationToken', 'registerTokens', 'pooled'] as const) {
        expect(distance(permuted[name], whole[name])).toBeLessThan(rounding);
      }
      const few = encoder.encode(images as tf.Tensor4D, { visible: tf.slice(visible, [0, 0], [3, 7]) });
      expect(few.patchTokens.shape).toEqual([3, 7, 20]);
      expect(few.pooled.shape).toEqual([3, 20]);
    });
  });

  it('hides patches, and leaves out branches: without those of the second block, it is one of a single block', () => {
    const [encoder, shallow] = [create(options), create({ ...options, depth: 1 })];
    tf.tidy(() => {
      const nothing = encoder.encode(images as tf.Tensor4D, { hidden: tf.zeros([3, 15]) });
      expect(distance(nothing.patchTokens, encoder.encode(images as tf.Tensor4D).patchTokens)).toBe(0);
      const hidden = tf.ones<tf.Rank.R2>([3, 15]);
      const [all, none] = [images, tf.zerosLike(images)].map((one) => encoder.encode(one as tf.Tensor4D, { hidden }));
      expect(distance(all!.patchTokens, none!.patchTokens)).toBe(0);
      const pathGains = tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [4, 3]);
      const got = encoder.encode(images as tf.Tensor4D, { pathGains });
      const expected = shallow.encode(images as tf.Tensor4D);
      expect(distance(got.patchTokens, expected.patchTokens)).toBeLessThan(rounding);
      expect(distance(got.pooled, expected.pooled)).toBeLessThan(rounding);
    });
  });

  it('returns attention, tokens and keys of its blocks with the prefix in front', () => {
    const encoder = create(options);
    const { count, classToken } = encoder.prefix;
    tf.tidy(() => {
      const { attention, blocks, classQuery, patchKeys, patchTokens } = encoder.encode(images as tf.Tensor4D, {
        ...{ attention: true, blocks: true, lastBlock: true },
      });
      expect(blocks!.map(({ shape }) => shape)).toEqual([0, 1].map(() => [3, count + 15, 20]));
      if (encoder.finalNorm !== 'tokens')
        expect(distance(tf.slice(blocks![1]!, [0, count, 0], [-1, -1, -1]), patchTokens)).toBe(0);
      expect(patchKeys!.shape).toEqual([3, 15, 20]);
      expect(attention![1]!.shape).toEqual([3, 5, count + 15, count + 15]);
      expect(classQuery === undefined).toBe(!classToken);
      if (!classToken) {
        expect(() => headAttention(attention![1]!, encoder.prefix)).toThrow(
          'headAttention: the encoder must have a class token, whose attention this is, got classToken: false',
        );
        return;
      }
      const attended = headAttention(attention![1]!, encoder.prefix); // [B, heads, N]
      const keys = tf.transpose(tf.reshape(patchKeys!, [3, 15, 5, 4]), [0, 2, 1, 3]);
      const logits = tf.mul(tf.matMul(tf.reshape(classQuery!, [3, 5, 1, 4]), keys, false, true), 0.5); // 1 / sqrt(4)
      const ofPatches = tf.div(attended, tf.sum(attended, -1, true)); // without the share of the prefix
      expect(distance(tf.reshape(tf.softmax(logits), [3, 5, 15]), ofPatches)).toBeLessThan(1e-5);
    });
  });

  it('gives the same tokens at another size with a table of the new grid', () => {
    const encoder = create(options);
    const copy = encoderAtSize(encoder, { height: 14, width: 9 });
    tf.tidy(() => {
      const tall = draw([2, 14, 9, 3], 5) as tf.Tensor4D;
      const [got, expected] = [copy, encoder].map((one) => one.encode(tall));
      expect(got!.patchTokens.shape).toEqual([2, 21, 20]);
      for (const name of ['patchTokens', 'registerTokens', 'pooled'] as const)
        expect(distance(got![name], expected![name])).toBe(0);
    });
    copy.dispose();
  });

  it('is a layer of a model that knows its shape, and is saved and loaded', async () => {
    const encoder = create({ ...options, name: 'saved' });
    const pixels = input({ shape: [6, 15, 3] });
    const whole = model({ inputs: pixels, outputs: encoder.apply(pixels) as SymbolicTensor });
    const { count } = encoder.prefix;
    expect(whole.outputs[0]!.shape).toEqual([null, count + 15, 20]);
    expect(
      encoder.computeOutputShape([
        [null, 6, 15, 3],
        [null, 7],
      ]),
    ).toEqual([null, count + 7, 20]);
    let saved: tf.io.ModelArtifacts | undefined;
    await whole.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await loadLayersModel(
      tf.io.fromMemory({ ...saved!, modelTopology: JSON.parse(JSON.stringify(saved!.modelTopology)) }),
    );
    tf.tidy(() => {
      const expected = encoder.encode(images as tf.Tensor4D);
      const split = splitTokens(loaded.predict(images) as tf.Tensor3D, encoder.prefix);
      expect(distance(split.patchTokens, expected.patchTokens)).toBe(0);
      expect(distance(split.registerTokens, expected.registerTokens)).toBe(0);
    });
    loaded.dispose();
  });

  it('shares the weights of a seed with a plain encoder, where both have them', () => {
    const { patchSize: _bound, ...others } = options; // which the first values of the patch embedding's bias depend on
    const [encoder, base] = [others, {}].map((one) => new ViTEncoder({ ...plain, ...one }));
    made.push(encoder!, base!);
    for (const one of made) one.variables();
    let shared = 0;
    for (const [name, variable] of base!.namedVariables()) {
      const other = encoder!.namedVariables().get(name);
      if (other === undefined || String(other.shape) !== String(variable.shape)) continue;
      expect(other.dataSync(), name).toEqual(variable.dataSync());
      shared += 1;
    }
    expect(shared).toBeGreaterThan(15);
  });
});

describe('types', () => {
  it('leave open whether there is a class token, and never whether there is a vector for the image', () => {
    expectTypeOf<Encoding['classToken']>().toEqualTypeOf<tf.Tensor2D | undefined>();
    expectTypeOf<Encoding['pooled']>().toEqualTypeOf<tf.Tensor2D>();
    expectTypeOf<Encoding['blocks']>().toEqualTypeOf<tf.Tensor3D[] | undefined>();
    expectTypeOf<ViTEncoder['patchSize']>().toEqualTypeOf<PatchSize>();
    expectTypeOf<{ rows: number }>().not.toExtend<PatchSize>();
    expectTypeOf<ViTEncoderConfig>().toExtend<TransformerConfig>();
    expectTypeOf<NonNullable<ViTEncoderConfig['finalNorm']>>().toEqualTypeOf<'tokens' | 'pooled' | 'none'>();
  });
});

describe('a configuration', () => {
  it('says nothing of what is as it always was', () => {
    const encoder = new ViTEncoder({ ...size, patchSize: 3 });
    expect(Object.keys(encoder.getConfig())).toEqual([
      ...['name', 'trainable', 'imageHeight', 'imageWidth', 'patchSize', 'patchStride', 'channels', 'width', 'depth'],
      ...['heads', 'mlpRatio', 'maskToken', 'seed', 'positions', 'trainablePositions', 'positionGrid'],
      'positionInterpolation',
    ]);
    expect(encoder.imageSize).toEqual({ height: 6, width: 15 });
  });

  it('folds: a class token with a position is one without, the position added', () => {
    const [positioned, folded] = [create({ registers: 3 }), create({ registers: 3, classPosition: false })];
    tf.tidy(() => {
      const [from, to] = [positioned.namedVariables(), folded.namedVariables()];
      const table = from.get('pos_embed') as tf.Tensor as tf.Tensor3D;
      to.get('pos_embed')!.assign(tf.slice(table, [0, 1, 0], [1, 15, 20]));
      to.get('cls_token')!.assign(tf.add(from.get('cls_token')!, tf.slice(table, [0, 0, 0], [1, 1, 20])));
      const [a, b] = [positioned, folded].map((one) => one.encode(images as tf.Tensor4D));
      expect(distance(a!.patchTokens, b!.patchTokens)).toBe(0);
      expect(distance(a!.classToken, b!.classToken)).toBe(0);
    });
  });

  it('names what does not fit', () => {
    const of = (options: Partial<ViTEncoderConfig>) => () => new ViTEncoder({ ...size, ...options });
    expect(of({ distillationToken: true, classToken: false })).toThrow(
      'ViTEncoder: a distillationToken needs the classToken that it follows, got classToken: false',
    );
    expect(of({ registers: 1.5 })).toThrow('ViTEncoder: registers must be an integer of at least 0, got 1.5');
    expect(of({ mlp: 'relu' as 'gelu' })).toThrow('ViTEncoder: mlp must be one of gelu, swiglu, got relu');
    expect(of({ finalNorm: 'class' as 'none' })).toThrow('finalNorm must be one of tokens, pooled, none, got class');
    expect(of({ mlpRatio: 4, hiddenWidth: 80 })).toThrow('give either mlpRatio or hiddenWidth, got mlpRatio 4 and');
    expect(of({ normEpsilon: -1 })).toThrow('normEpsilon must be between 0 and 1, got -1');
    expect(of({ layerScale: Number.NaN })).toThrow('layerScale must be');
    expect(of({ patchSize: { height: 2, width: 4 } })).toThrow(
      'patches of 2x4 pixels must divide both sides of the image, got 6x15; resize to 6x16 or choose another patch size',
    );
    expect(of({ patchStride: { height: 2, width: 2 } })).toThrow(
      'patchStride must be at most patchSize (2x3) and differ from it by an even number, got 2',
    );
  });
});
