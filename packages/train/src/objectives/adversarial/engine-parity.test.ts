// The game with a U-Net and a vision transformer: compiled on ONNX Runtime and, operation by operation, on tfjs's CPU backend.

import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { sgd } from '../../optimizers/sgd';
import { constantLearningRate } from '../../schedules/schedule';
import { type Compile, runDirectly } from '../../step/compile';
import { byol } from './byol';
import type { MapNormalization } from './group-normalization';
import { maskNetwork } from './mask-network';
import { simclr } from './simclr';
import { simsiam } from './simsiam';
import { trainAdversarialMasking } from './train-adversarial-masking';
import { vitEmbedder } from './vit-embedder';

const [batchSize, height, width] = [3, 4, 8];

beforeAll(() => registerOnnxBackend({ threads: 1 }));

function views(epoch: number, step: number) {
  const rng = createRng(7).split('views', epoch, step);
  const view = () => {
    const pixels = Float32Array.from({ length: batchSize * height * width * 3 }, rng.normal);
    return tf.tensor4d(pixels, [batchSize, height, width, 3]);
  };
  return { first: view(), second: view() };
}

interface Game {
  compile: Compile;
  normalization: MapNormalization;
  loss: 'simclr' | 'simsiam' | 'byol';
  oneMaskPerImage: boolean;
}

function network(seed: number) {
  const encoder = new ViTEncoder({
    imageHeight: height,
    imageWidth: width,
    patchSize: 4,
    width: 12,
    depth: 1,
    heads: 3,
    seed,
  });
  const embedder = vitEmbedder({ encoder, hiddenWidth: 17, width: 7, seed });
  const dispose = () => {
    embedder.dispose();
    encoder.dispose();
  };
  return { embedder, dispose };
}

/** Metrics of three rounds and the weights at the end, those of a target among them. */
async function play(backend: 'cpu' | 'onnx', { compile, normalization, loss, oneMaskPerImage }: Game) {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const [online, target] = [network(0), network(1)];
  const { embedder } = online;
  const [siamese, bootstrap] = [
    simsiam({ embedder, width: 7 }),
    byol({ embedder, target: target.embedder, width: 7, hiddenWidth: 13, totalSteps: 3, momentum: [0.5, 1] }),
  ];
  const model = { simclr: simclr({ embedder }), simsiam: siamese, byol: bootstrap }[loss];
  const masks = maskNetwork({
    imageHeight: height,
    imageWidth: width,
    levels: 2,
    baseWidth: 8,
    maskCount: 2,
    bottleneckWidth: 11,
    normalization,
  });
  const optimizer = sgd({ variables: model.variables() }); // keeps the size of gradients, which Adam's first steps hide
  const metrics: Record<string, number>[] = [];
  await trainAdversarialMasking({
    model,
    masks,
    optimizer,
    oneMaskPerImage,
    compile,
    schedule: constantLearningRate(0.05),
    maskSchedule: constantLearningRate(0.05),
    epochs: 1,
    stepsPerEpoch: 3,
    views,
    onProgress: (progress) => metrics.push({ ...progress.metrics }),
  });
  const changed = [...model.variables(), ...masks.variables(), ...(model.target?.average.variables() ?? [])];
  const weights = await Promise.all(changed.map((one) => one.data<'float32'>()));
  for (const one of [optimizer, siamese, bootstrap, online, target, masks]) one.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return { metrics, weights };
}

it.each<Omit<Game, 'compile'>>([
  { normalization: 'instance', loss: 'simclr', oneMaskPerImage: false },
  { normalization: 'group', loss: 'simsiam', oneMaskPerImage: true },
  { normalization: 'none', loss: 'byol', oneMaskPerImage: false },
])('is the same game: %o', async (game) => {
  const expected = await play('cpu', { ...game, compile: runDirectly });
  const actual = await play('onnx', { ...game, compile });
  expected.metrics.forEach((metrics, round) => {
    for (const [name, value] of Object.entries(metrics)) {
      const difference = Math.abs(actual.metrics[round]![name]! - value);
      // Two float32 engines that sum in different orders, over three updates of both players.
      expect([round, name, difference < 2e-4 * Math.max(1, Math.abs(value))]).toEqual([round, name, true]);
    }
  });
  expected.weights.forEach((values, index) => {
    const largest = values.reduce(
      (most, value, position) => Math.max(most, Math.abs(value - actual.weights[index]![position]!)),
      0,
    );
    expect(largest).toBeLessThan(1e-4);
  });
});
