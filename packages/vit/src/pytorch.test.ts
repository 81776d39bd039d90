// Against PyTorch and timm: numbers made by __fixtures__/pytorch-models.py.

import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { type PositionInterpolation, ProjectionHead, ViTEncoder } from './index';
import { interpolationMap } from './positions/position-table';
import type { SeededLayer } from './seeded-layer';
import { separableMap } from './tensor/separable-map';

interface Fixture {
  bicubic: {
    rows: number;
    columns: number;
    toRows: number;
    toColumns: number;
    interpolation: 'aligned' | 'dino';
    table: number[];
    expected: number[];
  }[];
  encoder: {
    weights: Record<string, number[]>;
    passes: {
      rows: number;
      columns: number;
      interpolation: PositionInterpolation;
      images: number[];
      hidden: number[] | null;
      tokens: number[];
    }[];
  };
  head: { weights: Record<string, number[]>; tokens: number[]; logits: number[] };
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('./__fixtures__/pytorch-models.json', import.meta.url), 'utf8'),
);

function expectClose(got: tf.Tensor, expected: readonly number[], tolerance: number): void {
  expect(got.size).toBe(expected.length);
  got.dataSync().forEach((value, index) => {
    expect(Math.abs(value - expected[index]!)).toBeLessThan(tolerance);
  });
}

function load(layer: SeededLayer, weights: Record<string, number[]>): void {
  layer.variables();
  const variables = layer.namedVariables();
  expect([...variables.keys()].sort()).toEqual(Object.keys(weights).sort());
  for (const [name, variable] of variables) tf.tidy(() => variable.assign(tf.tensor(weights[name]!, variable.shape)));
}

describe('as in PyTorch', () => {
  it.each(fixture.bicubic)('bicubic $rows x $columns to $toRows x $toColumns, $interpolation', (one) => {
    const before = tf.memory().numTensors;
    const map = (inputs: number, outputs: number) => interpolationMap(one.interpolation, inputs, outputs);
    tf.tidy(() => {
      const table = tf.tensor4d(one.table, [1, one.rows, one.columns, 1]);
      const result = separableMap(table, map(one.rows, one.toRows), map(one.columns, one.toColumns));
      expectClose(result, one.expected, 1e-5); // values of order 1; PyTorch computes coordinates in float32
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(fixture.encoder.passes)('tokens on $rows x $columns patches, $interpolation', (pass) => {
    const before = tf.memory().numTensors;
    const size = { imageHeight: 12, imageWidth: 20, patchSize: 4, width: 12, depth: 2, heads: 3, mlpRatio: 2 };
    const kind = { positions: 'learned', maskToken: true, positionInterpolation: pass.interpolation } as const;
    const encoder = new ViTEncoder({ ...size, ...kind });
    load(encoder, fixture.encoder.weights);
    tf.tidy(() => {
      const images = tf.tensor4d(pass.images, [2, pass.rows * 4, pass.columns * 4, 3]);
      const hidden = pass.hidden ? tf.tensor2d(pass.hidden, [2, pass.rows * pass.columns]) : undefined;
      const { classToken, patchTokens } = encoder.encode(images, { hidden });
      const tokens = tf.concat([tf.expandDims(classToken!, 1), patchTokens], 1);
      expectClose(tokens, pass.tokens, 1e-4); // float32 through two blocks
    });
    encoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('logits of the DINO head', () => {
    const before = tf.memory().numTensors;
    const head = new ProjectionHead({ inputWidth: 12, hiddenWidth: 17, bottleneckWidth: 7, prototypes: 11 });
    load(head, fixture.head.weights);
    tf.tidy(() => {
      const logits = head.apply(tf.tensor2d(fixture.head.tokens, [5, 12])) as tf.Tensor;
      expect(logits.shape).toEqual([5, 11]);
      expectClose(logits, fixture.head.logits, 1e-5);
    });
    head.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
