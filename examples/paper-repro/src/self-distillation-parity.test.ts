// The same self-distillation on ONNX Runtime, compiled, and on tfjs's own CPU backend: teacher, masks by its attention, student.

import '@tensorflow/tfjs-backend-cpu';

import { createRng } from '@semmae/core';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import {
  type Compile,
  runDirectly,
  type SelfDistillationRecipe,
  selfDistillationRecipe,
  trainSelfDistillation,
} from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const [imageCount, globalSize, localSize, localCount] = [3, 20, 12, 2];

const recipe: SelfDistillationRecipe = {
  ...selfDistillationRecipe('attmask-vits16'),
  encoder: { patchSize: 4, width: 12, depth: 2, heads: 3, positions: 'learned', dropPath: 0.2 },
  head: { hiddenWidth: 17, bottleneckWidth: 7, prototypes: 13, normalizeLastLayer: false },
  views: { globalSize, globalScale: [0.3, 1], localSize, localScale: [0.1, 0.3], localCount },
  epochs: 2,
  batchSize: imageCount,
  learningRate: 0.1,
  warmupEpochs: 1,
  momentum: [0.9, 1],
  temperatureEpochs: 1,
  restorationWeight: 1,
};

function pixels(size: number, viewCount: number, epoch: number, step: number): Float32Array {
  const rng = createRng(7).split('views', size, epoch, step);
  return Float32Array.from({ length: viewCount * imageCount * size * size * 3 }, rng.normal);
}

interface Run {
  metrics: Record<string, number>[];
  teacher: Map<string, ArrayLike<number>>;
}

async function runOn(backend: 'cpu' | 'onnx', compiler: Compile): Promise<Run> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const metrics: Record<string, number>[] = [];
  const { teacher } = await trainSelfDistillation({
    recipe,
    stepsPerEpoch: 2,
    views: (epoch, step) => ({
      globals: pixels(globalSize, 2, epoch, step),
      locals: pixels(localSize, localCount, epoch, step),
    }),
    compile: compiler,
    onProgress: (progress) => metrics.push(progress.metrics),
  });
  const weights = new Map<string, ArrayLike<number>>();
  for (const [name, variable] of teacher.namedVariables()) weights.set(name, await variable.data());
  teacher.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return { metrics, teacher: weights };
}

describe('self-distillation on the engine', () => {
  beforeAll(() => registerOnnxBackend({ threads: 1 }));

  it('is that of the CPU backend: four steps of AttMask with drop path, local views and restoration', async () => {
    const [expected, actual] = [await runOn('cpu', runDirectly), await runOn('onnx', compile)];
    // Two float32 engines that sum in different orders; temperatures of 0.04 make logits' differences 25 times larger.
    expected.metrics.forEach((metrics, step) => {
      for (const [name, value] of Object.entries(metrics)) {
        const difference = Math.abs(actual.metrics[step]![name]! - value);
        expect([step, name, difference < 2e-4 * Math.max(1, value)]).toEqual([step, name, true]);
      }
    });
    // Adam's first steps are the learning rate times the sign of a gradient, so a gradient that is nearly 0 may go either way.
    for (const [name, weights] of expected.teacher) {
      const differences = Array.from(weights, (value, index) => Math.abs(actual.teacher.get(name)![index]! - value));
      const compared = name.endsWith('attn.qkv.bias') ? withoutKeys(differences) : differences;
      const far = compared.filter((difference) => difference > 1e-5).length;
      expect([name, far <= 0.01 * compared.length]).toEqual([name, true]);
    }
  });
});

/** The biases of keys shift all scores of a query alike, so their gradient is 0 but for rounding. */
function withoutKeys(ofQueriesKeysValues: readonly number[]): number[] {
  const third = ofQueriesKeysValues.length / 3;
  return ofQueriesKeysValues.filter((_, index) => Math.floor(index / third) !== 1);
}
