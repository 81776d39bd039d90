// The options of public weights against timm: numbers made by __fixtures__/timm-options.py.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients
import { readFileSync } from 'node:fs';
import { createPatchGrid, type PatchSides } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import {
  assignTimmWeights,
  resamplePatchEmbedding,
  type SplitTokens,
  timmWeights,
  ViTEncoder,
  type ViTEncoderConfig,
} from './index';
import { patchPositions, positionTable } from './positions/position-table';

interface Fixture {
  encoders: Record<
    string,
    {
      shapes: Record<string, number[]>;
      blocks: number[][];
      tokens: number[];
      pooled: number[];
      gradients: Record<string, [length: number, first: number, second: number]>;
    }
  >;
  positions: { rows: number; columns: number; toRows: number; toColumns: number; prefix: number; expected: number[] }[];
  embeddings: { from: PatchSides; to: PatchSides; expected: number[] }[];
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('./__fixtures__/timm-options.json', import.meta.url), 'utf8'));

const size = { imageHeight: 15, imageWidth: 21, patchSize: { height: 3, width: 7 }, width: 12, depth: 2, heads: 3 };
const options: Record<string, Partial<ViTEncoderConfig>> = {
  'distillation token': { hiddenWidth: 17, distillationToken: true },
  'registers and LayerScale': { hiddenWidth: 17, registers: 3, classPosition: false, layerScale: 1e-5 },
  SwiGLU: { hiddenWidth: 11, mlp: 'swiglu' },
  'norm of the mean': { hiddenWidth: 17, finalNorm: 'pooled' },
  'no class token': { hiddenWidth: 17, classToken: false },
  'registers alone': { hiddenWidth: 17, classToken: false, registers: 2, finalNorm: 'pooled' },
  'norm before, no biases': { hiddenWidth: 17, preNorm: true, qkvBias: false, patchBias: false },
  'no final norm, another epsilon': { hiddenWidth: 17, finalNorm: 'none', normEpsilon: 0.01 },
  'all together': {
    ...{ hiddenWidth: 13, mlp: 'swiglu', registers: 5, classPosition: false, layerScale: 1, qkvBias: false },
    ...{ preNorm: true, patchBias: false, finalNorm: 'pooled', normEpsilon: 0.01 },
  },
};

/** `draw` of the generator: uniform in [-1, 1). */
function draw(name: string, shape: readonly number[]): Float32Array {
  let state = 0;
  for (const character of name) state = (Math.imul(state, 31) + character.charCodeAt(0)) >>> 0;
  return Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** `weight_of` of the generator. */
function weightOf(name: string, shape: readonly number[]): Float32Array {
  const isNorm = name.includes('norm') && name.endsWith('weight');
  return draw(name, shape).map((value) => 0.5 * value + Number(isNorm));
}

function drawTensor<R extends tf.Rank>(name: string, shape: tf.ShapeMap[R]): tf.Tensor<R> {
  return tf.tensor(draw(name, shape), shape);
}

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance: number, what?: string): void {
  expect(got.length, what).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs(got[index]! - value), what).toBeLessThan(tolerance);
  });
}

describe.each(Object.entries(fixture.encoders))('as in timm: %s', (name, expected) => {
  const config = { ...size, ...options[name], positions: 'learned' as const };

  async function create(): Promise<ViTEncoder> {
    const encoder = new ViTEncoder(config);
    const weights = Object.entries(expected.shapes).map(([weight, shape]) => {
      return [weight, { shape, read: async () => weightOf(weight, shape) }] as const;
    });
    const report = await assignTimmWeights(encoder, new Map(weights));
    expect([report.missing, report.unexpected]).toEqual([[], []]);
    return encoder;
  }

  it('tokens after every block and after the norm, pooled', async () => {
    const before = tf.memory().numTensors;
    const encoder = await create();
    tf.tidy(() => {
      const images = tf.transpose(drawTensor<tf.Rank.R4>('images', [2, 3, 15, 21]), [0, 2, 3, 1]);
      const { pooled, blocks, ...split } = encoder.encode(images, { blocks: true });
      blocks!.forEach((block, index) => {
        expectClose(block.dataSync(), expected.blocks[index]!, 1e-4, `block ${index}`); // values of order 1 to 10
      });
      expectClose(joined(split).dataSync(), expected.tokens, 1e-4, 'tokens');
      expectClose((encoder.apply(images) as tf.Tensor).dataSync(), expected.tokens, 1e-4, 'tokens');
      expectClose(pooled.dataSync(), expected.pooled, 1e-4, 'pooled');
    });
    encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gradients of a loss on all tokens and the pooled vector', async () => {
    const before = tf.memory().numTensors;
    const encoder = await create();
    const variables = encoder.variables();
    tf.tidy(() => {
      const images = tf.transpose(drawTensor<tf.Rank.R4>('images', [2, 3, 15, 21]), [0, 2, 3, 1]);
      const { grads } = tf.variableGrads(() => {
        const { pooled, ...split } = encoder.encode(images);
        const tokens = joined(split);
        const ofTokens = tf.sum(tf.mul(tokens, drawTensor('tokens', tokens.shape)));
        return tf.add<tf.Scalar>(ofTokens, tf.sum(tf.mul(pooled, drawTensor('pooled', pooled.shape))));
      }, variables);
      for (const variable of variables) variable.assign(grads[variable.name]!); // to read them in timm's layout
    });
    expect([...timmWeights(encoder).keys()].sort()).toEqual(Object.keys(expected.gradients).sort());
    for (const [weight, { shape, read }] of timmWeights(encoder)) {
      const gradient = await read();
      const [length, ...products] = expected.gradients[weight]!;
      const along = (direction: ArrayLike<number>) =>
        gradient.reduce((sum, value, index) => sum + value * direction[index]!, 0);
      // float32 sums of some hundred products; keys' biases have no gradient but rounding
      const tolerance = 1e-4 * Math.max(1, length);
      expectClose([Math.sqrt(along(gradient))], [length], tolerance, weight);
      expectClose(
        [1, 2].map((index) => along(draw(`${weight} ${index}`, shape))),
        products,
        tolerance,
        weight,
      );
    }
    encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('the same configuration and weights after being written down', async () => {
    const encoder = await create();
    const written = JSON.parse(JSON.stringify(encoder.getConfig()));
    const copy = new ViTEncoder({ ...written, name: 'copy' });
    expect(copy.getConfig()).toEqual({ ...written, name: 'copy' });
    await assignTimmWeights(copy, timmWeights(encoder));
    const [got, from] = [timmWeights(copy), timmWeights(encoder)];
    for (const [weight, { read }] of from) expect(await got.get(weight)!.read()).toEqual(await read());
    copy.dispose();
    encoder.dispose();
  });
});

function joined({ classToken, distillationToken, registerTokens, patchTokens }: SplitTokens) {
  const single = [classToken, distillationToken].filter((token) => token !== undefined);
  const prefix = [...single.map((token) => tf.expandDims<tf.Tensor3D>(token, 1)), registerTokens];
  return tf.concat<tf.Tensor3D>([...prefix.filter((token) => token !== undefined), patchTokens], 1);
}

describe('as in timm', () => {
  it.each(fixture.positions)(
    'positions, $rows x $columns to $toRows x $toColumns, prefix $prefix',
    ({ prefix, expected, ...one }) => {
      tf.tidy(() => {
        const { rows, columns } = one;
        const table = positionTable('test', createPatchGrid(rows, columns), {
          ...{ positionInterpolation: 'antialias', positions: 'learned' },
          ...(prefix === 0 ? { classToken: false } : { distillationToken: prefix === 2 }),
        });
        const weight = drawTensor<tf.Rank.R3>(`table ${rows} ${columns}`, [1, prefix + rows * columns, 4]);
        const positions = patchPositions(weight, table, createPatchGrid(one.toRows, one.toColumns));
        expectClose(positions.dataSync(), expected.slice(prefix * 4), 1e-5);
      });
    },
  );

  it.each(fixture.embeddings)('patch embedding, $from.height x $from.width to $to.height x $to.width', (one) => {
    const before = tf.memory().numTensors;
    const { from, to } = one;
    tf.tidy(() => {
      const name = `embedding (${from.height}, ${from.width})`;
      const weight = drawTensor<tf.Rank.R4>(name, [5, 2, from.height, from.width]);
      const kernel = tf.reshape<tf.Rank.R2>(tf.transpose(weight, [2, 3, 1, 0]), [-1, 5]);
      const resampled = tf.reshape(resamplePatchEmbedding(kernel, { from, to }), [to.height, to.width, 2, 5]);
      expectClose(tf.transpose(resampled, [3, 2, 0, 1]).dataSync(), one.expected, 1e-4);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
