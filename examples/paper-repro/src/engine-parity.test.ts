// The same training on ONNX Runtime, compiled, and on tfjs's own CPU backend: every objective, ten steps.

import '@tensorflow/tfjs-backend-cpu';

import { createPatchGrid, createRng } from '@semmae/core';
import { blockMasking, maskBatch } from '@semmae/masking';
import { drawStylePerturbation, type PartBatch, partLearner } from '@semmae/parts';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import {
  adamW,
  type Compile,
  maeObjective,
  movingAverage,
  type Objective,
  runDirectly,
  type TensorBatch,
  trainStep,
} from '@semmae/train';
import { MAEDecoder, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const steps = 10;
/** Two float32 engines that sum in different orders, compounded over ten updates. */
const tolerance = 1e-4;

interface Case<Batch> {
  objective: Objective<Batch>;
  batch: (step: number) => Batch;
}

function maskedAutoencoder(
  normalizePixels: boolean,
): Case<{ images: tf.Tensor4D; visible: tf.Tensor2D; masked: tf.Tensor2D }> {
  const encoder = new ViTEncoder({
    imageHeight: 21,
    imageWidth: 35,
    patchSize: 7,
    width: 24,
    depth: 2,
    heads: 3,
    seed: 5,
  });
  const decoder = new MAEDecoder({
    grid: encoder.grid,
    patchSize: 7,
    encoderWidth: 24,
    width: 16,
    depth: 1,
    heads: 2,
    seed: 5,
  });
  const strategy = blockMasking({ maskRatio: 0.6 });
  return {
    objective: maeObjective({ encoder, decoder, normalizePixels }),
    batch(step) {
      const rng = createRng(1).split(step);
      const masks = maskBatch(
        Array.from({ length: 3 }, () => strategy.sample({ grid: encoder.grid, progress: 0 }, rng)),
      );
      return {
        images: tf.tensor4d(normals(3 * 21 * 35 * 3, step), [3, 21, 35, 3]),
        visible: tf.tensor2d(masks.visible, [3, masks.visibleCount], 'int32'),
        masked: tf.tensor2d(masks.masked, [3, masks.maskedCount], 'int32'),
      };
    },
  };
}

function partLearning(): Case<{ classToken: tf.Tensor2D; patchTokens: tf.Tensor3D; images: tf.Tensor4D }> {
  const grid = createPatchGrid(3, 5);
  const learner = partLearner({
    channels: 11,
    grid,
    partCount: 4,
    decoder: { channels: [8, 6], upStages: 1 },
    seed: 7,
  });
  return {
    objective: learner,
    // Thirteen images: over three, single roundings weigh enough to show as 2e-4 after a few updates.
    batch: (step) => ({
      classToken: tf.tensor2d(normals(13 * 11, step), [13, 11]),
      patchTokens: tf.tensor3d(normals(13 * 15 * 11, step + 100), [13, 15, 11]),
      images: tf.tensor4d(normals(13 * 6 * 10 * 3, step + 200), [13, 6, 10, 3]),
    }),
  };
}

/** Every option of part learning that is off by default. */
function regularizedPartLearning(): Case<PartBatch> {
  const perturbation = { styleNoise: 0.1, styleDropout: 0.1 };
  const learner = partLearner({
    channels: 12,
    grid: createPatchGrid(3, 5),
    mapGrid: createPatchGrid(6, 10),
    partCount: 4,
    shareProjection: false,
    gateInitialization: 'heads',
    learnTemperature: true,
    decoder: { channels: [6], upStages: 0, styleBottleneck: 5 },
    ...{ equivarianceWeight: 0.3, balanceWeight: 0.2, consistencyWeight: 0.4, variationWeight: 0.1 },
    ...perturbation,
    seed: 7,
  });
  return {
    objective: learner,
    batch: (step) => ({
      classToken: tf.tensor2d(normals(13 * 12, step), [13, 12]),
      patchTokens: tf.tensor3d(normals(13 * 15 * 12, step + 100), [13, 15, 12]),
      mirroredClassToken: tf.tensor2d(normals(13 * 12, step + 300), [13, 12]),
      mirroredPatchTokens: tf.tensor3d(normals(13 * 15 * 12, step + 400), [13, 15, 12]),
      images: tf.tensor4d(normals(13 * 6 * 10 * 3, step + 200), [13, 6, 10, 3]),
      ...drawStylePerturbation({ batchSize: 13, channels: 12, ...perturbation, rng: createRng(3).split(step) }),
    }),
  };
}

function normals(length: number, stream: number): Float32Array {
  const rng = createRng(2).split(stream);
  return Float32Array.from({ length }, rng.normal);
}

async function losses<Batch extends TensorBatch<Batch>>(
  backend: string,
  compiler: Compile,
  create: () => Case<Batch>,
): Promise<number[]> {
  await tf.setBackend(backend);
  tf.engine().startScope();
  const { objective, batch } = create();
  const optimizer = adamW({ variables: objective.variables() });
  const step = trainStep({ objective, optimizer, compile: compiler, clipNorm: 1 });
  const values: number[] = [];
  for (let index = 0; index < steps; index++) {
    const inputs = batch(index);
    const metrics = step(inputs, { learningRate: 1e-3, step: index + 1 });
    values.push((await metrics.loss.data())[0]!);
    tf.dispose([inputs, metrics]);
  }
  optimizer.dispose();
  for (const variable of objective.variables()) variable.dispose();
  tf.engine().endScope();
  return values;
}

/** Losses of a run with three micro-batches to an update, and the means of the averaged weights at its end. */
async function accumulated(backend: string, compiler: Compile): Promise<number[]> {
  await tf.setBackend(backend);
  tf.engine().startScope();
  const { objective, batch } = partLearning();
  const variables = objective.variables();
  const optimizer = adamW({ variables });
  const average = movingAverage({ variables, decay: (completedSteps) => 1 - 0.5 / (1 + completedSteps) });
  const teacher = variables.map((variable) => tf.tidy(() => tf.variable(tf.zerosLike(variable as tf.Tensor), false)));
  const step = trainStep({
    objective,
    optimizer,
    compile: compiler,
    clipNorm: 1,
    accumulationSteps: 3,
    movingAverage: average,
  });
  const means = async (all: readonly tf.Variable[]) => (await Promise.all(all.map((one) => one.data()))).map(mean);
  const values: number[] = [];
  for (let index = 0; index < steps; index++) {
    const batches = [0, 1, 2].map((which) => batch(3 * index + which));
    step.accumulate(batches[0]!);
    step.accumulate(batches[1]!);
    const metrics = step(batches[2]!, { learningRate: 1e-3, step: index + 1 });
    values.push((await metrics.loss.data())[0]!);
    for (const tensors of batches) tf.dispose(Object.values(tensors));
    tf.dispose(metrics);
    // In the middle, so that steps follow which may write variables in place: what was handed out must not change with them.
    if (index === 4) {
      average.copyTo(teacher);
      values.push(...(await means(teacher)));
      const [weights, averages] = [await means(variables), await means(average.variables())];
      average.swap();
      expect(await means(variables)).toEqual(averages);
      expect(await means(average.variables())).toEqual(weights);
      average.swap();
      expect(await means(variables)).toEqual(weights);
    }
  }
  expect(await means(teacher)).toEqual(values.slice(5, 5 + teacher.length));
  values.push(...(await means(average.variables())));
  step.dispose();
  average.dispose();
  optimizer.dispose();
  tf.dispose([...teacher, ...variables]);
  tf.engine().endScope();
  return values;
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

describe('ten steps on ONNX Runtime equal those on the tfjs CPU backend', () => {
  beforeAll(async () => {
    await registerOnnxBackend();
  });

  async function expectEqual<Batch extends TensorBatch<Batch>>(create: () => Case<Batch>): Promise<void> {
    const reference = await losses('cpu', runDirectly, create);
    const eager = await losses('onnx', runDirectly, create);
    const compiled = await losses('onnx', compile, create);
    for (let index = 0; index < steps; index++) {
      expect(Math.abs(eager[index]! - reference[index]!)).toBeLessThan(tolerance);
      expect(Math.abs(compiled[index]! - reference[index]!)).toBeLessThan(tolerance);
    }
    expect(reference[0]! - reference[steps - 1]!).not.toBe(0);
  }

  it('masked autoencoder, normalized pixels', () => expectEqual(() => maskedAutoencoder(true)), 60_000);
  it('masked autoencoder, raw pixels', () => expectEqual(() => maskedAutoencoder(false)), 60_000);
  it('part learning', () => expectEqual(partLearning), 60_000);
  it('part learning with every term', () => expectEqual(regularizedPartLearning), 60_000);

  it('micro-batches, clipped, with a moving average that is copied and exchanged on the way', async () => {
    const reference = await accumulated('cpu', runDirectly);
    for (const values of [await accumulated('onnx', runDirectly), await accumulated('onnx', compile)]) {
      expect(values).toHaveLength(reference.length);
      values.forEach((value, index) => {
        expect(Math.abs(value - reference[index]!)).toBeLessThan(tolerance);
      });
    }
  }, 60_000);
});
