import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { MAEDecoder, ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { adamW } from '../../optimizers/adamw';
import { trainStep } from '../../step/train-step';
import { maeObjective, reconstructionTarget } from './mae-objective';
import type { MaskedImageBatch } from './masked-image-batch';

const [batchSize, rows, columns, patchSize, channels] = [2, 3, 5, 7, 3];
const maskedRows = [
  [1, 4, 6, 7, 9, 10, 11, 12, 13, 14, 0],
  [14, 0, 2, 3, 5, 6, 7, 8, 10, 12, 13],
];
const visibleRows = maskedRows.map((masked) =>
  Array.from({ length: rows * columns }, (_, patch) => patch).filter((patch) => !masked.includes(patch)),
);

function pixelsOf(seed: number): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: batchSize * rows * patchSize * columns * patchSize * channels }, () =>
    rng.normal(),
  );
}

function createBatch(seed: number): MaskedImageBatch {
  return {
    images: tf.tensor4d(pixelsOf(seed), [batchSize, rows * patchSize, columns * patchSize, channels]),
    visible: tf.tensor2d(visibleRows, [batchSize, 4], 'int32'),
    masked: tf.tensor2d(maskedRows, [batchSize, 11], 'int32'),
  };
}

function createModel(options: Partial<ViTEncoderConfig> = {}) {
  const encoder = new ViTEncoder({
    imageHeight: rows * patchSize,
    imageWidth: columns * patchSize,
    patchSize,
    width: 8,
    depth: 1,
    heads: 2,
    ...options,
  });
  const prefixTokens = encoder.prefix.count;
  const size = { width: 12, depth: 1, heads: 3 };
  const decoder = new MAEDecoder({ grid: encoder.grid, patchSize: encoder.patchSize, prefixTokens, ...size });
  return { encoder, decoder };
}

/** The target of one patch by the formula, in double precision, pixel by pixel. */
function patchTarget(pixels: Float32Array, image: number, patch: number, normalizePixels: boolean): number[] {
  const [top, left] = [Math.floor(patch / columns) * patchSize, (patch % columns) * patchSize];
  const values: number[] = [];
  for (let y = top; y < top + patchSize; y++) {
    for (let x = left; x < left + patchSize; x++) {
      for (let c = 0; c < channels; c++)
        values.push(pixels[((image * rows * patchSize + y) * columns * patchSize + x) * channels + c]!);
    }
  }
  if (!normalizePixels) return values;
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-6));
}

describe('maeObjective', () => {
  it.each([true, false])(
    'is the mean squared error over masked patches, as a slow twin computes it (normalizePixels %s)',
    (normalizePixels) => {
      const { encoder, decoder } = createModel();
      const objective = maeObjective({ encoder, decoder, normalizePixels });
      const batch = createBatch(1);
      objective.variables();
      const before = tf.memory().numTensors;
      const loss = tf.tidy(() => objective.loss(batch).loss.dataSync()[0]!);
      const predicted = tf.tidy(() =>
        (
          decoder.apply([
            encoder.apply([batch.images, batch.visible]) as tf.Tensor,
            batch.visible,
            batch.masked,
          ]) as tf.Tensor3D
        ).arraySync(),
      );
      expect(tf.memory().numTensors).toBe(before);

      const pixels = pixelsOf(1);
      let sum = 0;
      let count = 0;
      maskedRows.forEach((masked, image) => {
        masked.forEach((patch, place) => {
          patchTarget(pixels, image, patch, normalizePixels).forEach((target, item) => {
            sum += (predicted[image]![place]![item]! - target) ** 2;
            count += 1;
          });
        });
      });
      expect(Math.abs(loss - sum / count)).toBeLessThan(1e-5); // float32 mean of 3234 values around 1
      tf.dispose({ ...batch });
      tf.dispose(objective.variables());
    },
  );

  it('lowers its loss when it sees one batch again and again, without leaking tensors', () => {
    const { encoder, decoder } = createModel();
    const objective = maeObjective({ encoder, decoder });
    const optimizer = adamW({ variables: objective.variables() });
    const step = trainStep({ objective, optimizer });
    const batch = createBatch(2);
    const losses: number[] = [];
    let tensors = 0;
    for (let index = 1; index <= 60; index++) {
      const metrics = step(batch, { learningRate: 0.01, step: index });
      losses.push(metrics.loss.dataSync()[0]!);
      tf.dispose(metrics);
      if (index === 1) tensors = tf.memory().numTensors;
    }
    expect(tf.memory().numTensors).toBe(tensors);
    // A constant prediction of zero costs about 1 (standardized targets); learning the batch by heart must go well below.
    expect(losses[0]).toBeGreaterThan(0.9);
    expect(losses.at(-1)).toBeLessThan(0.5);
    optimizer.dispose();
    tf.dispose([...objective.variables(), ...Object.values(batch)]);
  });

  it.each<[string, Partial<ViTEncoderConfig>]>([
    ['registers and LayerScale', { registers: 3, layerScale: 0.5, qkvBias: false }],
    ['no class token', { classToken: false, mlp: 'swiglu' }],
    ['a norm of the mean and a mask token', { registers: 2, classToken: false, finalNorm: 'pooled', maskToken: true }],
  ])('trains an encoder with %s, all weights but those of other tasks', (_, options) => {
    const { encoder, decoder } = createModel(options);
    const objective = maeObjective({ encoder, decoder });
    const optimizer = adamW({ variables: objective.variables() });
    const start = new Map([...encoder.namedVariables()].map(([name, variable]) => [name, variable.dataSync().slice()]));
    const step = trainStep({ objective, optimizer });
    const batch = createBatch(4);
    const losses: number[] = [];
    for (let index = 1; index <= 30; index++) {
      const metrics = step(batch, { learningRate: 0.01, step: index });
      losses.push(metrics.loss.dataSync()[0]!);
      tf.dispose(metrics);
    }
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    const trained = encoder.variables();
    const same = [...encoder.namedVariables()].filter(([name, variable]) => {
      return trained.includes(variable) && String(variable.dataSync()) === String(start.get(name));
    });
    const idle = options.maskToken ? ['masked_embed', 'fc_norm.gamma', 'fc_norm.beta'] : [];
    expect(same.map(([name]) => name)).toEqual(idle);
    optimizer.dispose();
    tf.dispose(Object.values(batch));
    encoder.dispose();
    decoder.dispose();
  });
});

describe('reconstructionTarget', () => {
  it('standardizes each patch with the unbiased variance', () => {
    const batch = createBatch(3);
    const target = tf.tidy(() => reconstructionTarget({ ...batch, patchSize, normalizePixels: true }).arraySync());
    maskedRows.forEach((masked, image) => {
      masked.forEach((patch, place) => {
        const expected = patchTarget(pixelsOf(3), image, patch, true);
        expect(
          Math.max(...expected.map((value, item) => Math.abs(value - target[image]![place]![item]!))),
        ).toBeLessThan(5e-6); // float32
      });
    });
    tf.dispose({ ...batch });
  });

  it('is zero on a flat patch instead of a division by zero', () => {
    const images = tf.ones<tf.Rank.R4>([1, 4, 4, 3]);
    const masked = tf.tensor2d([[0]], [1, 1], 'int32');
    const target = reconstructionTarget({ images, masked, patchSize: 4, normalizePixels: true });
    expect(Math.max(...target.dataSync().map(Math.abs))).toBe(0);
    tf.dispose([images, masked, target]);
  });

  it('refuses indices that are not integers', () => {
    const images = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
    const masked = tf.zeros<tf.Rank.R2>([1, 1]);
    expect(() => reconstructionTarget({ images, masked, patchSize: 4, normalizePixels: true })).toThrow(
      'masked must be int32, got float32',
    );
    tf.dispose([images, masked]);
  });
});
