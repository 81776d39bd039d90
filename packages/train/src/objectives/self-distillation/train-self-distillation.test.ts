import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSafetensors } from '@semmae/checkpoints';
import { createRng, SemmaeError } from '@semmae/core';
import { kNearestNeighbors } from '@semmae/evaluation';
import type { ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainProgress } from '../../loop/train';
import { colorRecipe, colorViews, drawView, imageClass, joined, stepsPerEpoch } from './__fixtures__/color-views';
import { disposeNetworks } from './__fixtures__/tiny-networks';
import { recipeNetworks } from './recipe-networks';
import type { SelfDistillationRecipe } from './self-distillation-recipe';
import { type TrainSelfDistillationOptions, trainSelfDistillation } from './train-self-distillation';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-distillation-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = { recipe: colorRecipe, stepsPerEpoch, views: colorViews };

async function separation(encoder: ViTEncoder): Promise<number> {
  const rng = createRng(5);
  const [train, test] = [0, 60].map((first) => {
    const images = Array.from({ length: 60 }, (_, index) => first + index);
    const pixels = joined(images.map((image) => drawView(image, 16, rng)));
    const features = tf.tidy(() => {
      const views = tf.tensor4d(pixels, [60, 16, 16, 3]);
      return encoder.encode(views).classToken!.dataSync() as Float32Array;
    });
    return { features, labels: images.map(imageClass) };
  });
  const { accuracy } = await kNearestNeighbors({
    trainFeatures: train!.features,
    trainLabels: train!.labels,
    testFeatures: test!.features,
    testLabels: test!.labels,
    width: encoder.width,
    classCount: 3,
    k: 5,
  });
  return accuracy;
}

/** A run of two epochs of three steps, with everything on that changes from step to step. */
const shortRun: TrainSelfDistillationOptions = {
  ...run,
  recipe: {
    ...colorRecipe,
    epochs: 2,
    masking: { kind: 'attention-hint', least: 0.1, most: 0.5, probability: 0.5 },
    restorationWeight: 1,
  },
  stepsPerEpoch: 3,
};

/** The log without times, and the values of the checkpoint by name. */
async function readRun(target: string): Promise<{ records: object[]; weights: Map<string, number[]> }> {
  const lines = readFileSync(join(target, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const records = lines.map((line) => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 }));
  const reader = await openSafetensors(join(target, 'checkpoints/last.safetensors'));
  const weights = new Map<string, number[]>();
  for (const name of reader.entries.keys()) weights.set(name, Array.from((await reader.read(name)) as Float32Array));
  reader.close();
  return { records, weights };
}

describe('trainSelfDistillation', () => {
  it('teaches the teacher and the student to agree while images stay apart, and frees all but the teacher', async () => {
    const before = tf.memory().numTensors;
    const seen: TrainProgress[] = [];
    const result = await trainSelfDistillation({ ...run, onProgress: (progress) => seen.push(progress) });
    const mean = (steps: readonly TrainProgress[], name: string) =>
      steps.reduce((sum, { metrics }) => sum + metrics[name]! / steps.length, 0);
    const [first, last] = [seen.slice(0, 1), seen.slice(-4)];
    expect(mean(last, 'loss')).toBeLessThan(0.8 * mean(first, 'loss'));
    expect(mean(last, 'teacherStudentKL')).toBeLessThan(0.2 * mean(first, 'teacherStudentKL'));
    expect(mean(last, 'teacherInformation')).toBeGreaterThan(0.1);
    expect(mean(last, 'featureStd')).toBeGreaterThan(0.3);
    expect(await separation(result.teacher)).toBeGreaterThan(0.9);
    expect(result).toMatchObject({ interrupted: false, completedSteps: 3 * stepsPerEpoch, resumedFrom: 0 });
    result.teacher.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops at a collapse: without a center and with a teacher softer than its student', async () => {
    const before = tf.memory().numTensors;
    const recipe: SelfDistillationRecipe = {
      ...colorRecipe,
      views: { ...colorRecipe.views, localCount: 0 },
      epochs: 12,
      momentum: [0.5, 1],
      centerMomentum: 1,
      classTemperature: [0.5, 0.5],
      patchWeight: 0,
      masking: undefined,
    };
    let steps = 0;
    const error = await trainSelfDistillation({
      ...run,
      recipe,
      collapse: { windowSteps: 16 },
      onProgress: ({ step }) => {
        steps = step;
      },
    }).catch((reason: unknown) => reason);
    expect(SemmaeError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(
      /^selfDistillation, step \d+: .* must .*, got \w+ [\d.e-]+ to [\d.e-]+ in the last 16 steps; /,
    );
    expect(steps).toBeGreaterThanOrEqual(8 + 16); // one epoch of warm-up, then a full window
    expect(steps).toBeLessThan(12 * stepsPerEpoch);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('resumes exactly: teacher, centers, moments, schedules, masks and drop path', async () => {
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    const first = await trainSelfDistillation({ ...shortRun, folder: whole });
    const interruption = new AbortController();
    const stopped = await trainSelfDistillation({
      ...shortRun,
      folder: parts,
      signal: interruption.signal,
      onProgress: ({ step }) => {
        if (step === 4) interruption.abort();
      },
    });
    const resumed = await trainSelfDistillation({ ...shortRun, folder: parts });
    expect(stopped).toMatchObject({ interrupted: true, completedSteps: 4 });
    expect(resumed).toMatchObject({ interrupted: false, resumedFrom: 4, completedSteps: 6 });
    const [expected, actual] = await Promise.all([readRun(whole), readRun(parts)]);
    expect(actual.records).toEqual(expected.records);
    expect([...actual.weights.keys()]).toEqual([...expected.weights.keys()]);
    for (const [name, values] of expected.weights) expect([name, actual.weights.get(name)]).toEqual([name, values]);
    expect([...expected.weights.keys()].filter((name) => name.startsWith('state.'))).toEqual([
      'state.classCenter',
      'state.patchCenter',
    ]);
    expect(expected.weights.get('state.patchCenter')!.some((value) => value !== 0)).toBe(true);
    const averaged = expected.weights.get('average.teacher_encoder/blocks.0.attn.qkv.kernel');
    const variables = resumed.teacher.namedVariables();
    expect(Array.from(variables.get('blocks.0.attn.qkv.kernel')!.dataSync())).toEqual(averaged);
    for (const { teacher } of [first, stopped, resumed]) teacher.dispose();
  });

  it('freezes the prototypes for the first epochs and weighs rates by the batch', async () => {
    const networks = recipeNetworks(colorRecipe, { seed: 1 });
    const recipe = { ...colorRecipe, epochs: 2, freezeEpochs: 1, weightDecay: [0, 0] as const };
    const prototypes = () => Array.from(networks.student.head.namedVariables().get('last_layer.weight_v')!.dataSync());
    networks.student.head.variables();
    const start = prototypes();
    const rates: number[] = [];
    await trainSelfDistillation({
      ...run,
      recipe,
      networks,
      stepsPerEpoch: 2,
      onProgress: ({ step, learningRate }) => {
        rates.push(learningRate);
        if (step <= 2) expect(prototypes()).toEqual(start);
        if (step === 4) expect(prototypes()).not.toEqual(start);
      },
    });
    expect(rates[0]).toBe(0);
    expect(rates[2]).toBeCloseTo((colorRecipe.learningRate * colorRecipe.batchSize) / 256, 10);
    disposeNetworks(networks); // they are the caller's
  });

  it('accumulates micro-batches, and masks as the caller says', async () => {
    const before = tf.memory().numTensors;
    const asked: number[][] = [];
    const masked: number[] = [];
    const { teacher } = await trainSelfDistillation({
      ...run,
      recipe: { ...colorRecipe, epochs: 2, masking: undefined }, // the masking below brings the mask token
      stepsPerEpoch: 1,
      accumulationSteps: 2,
      views: (...indices) => {
        asked.push(indices);
        return colorViews(...indices);
      },
      masking: {
        name: 'the first two',
        guidance: 'none',
        sample({ grid: { patchCount }, viewCount, progress, attention }) {
          masked.push(patchCount, viewCount, progress);
          expect(attention).toBeUndefined();
          return Float32Array.from({ length: viewCount * patchCount }, (_, index) => (index % patchCount < 2 ? 1 : 0));
        },
      },
    });
    expect(asked.join(' ')).toBe('0,0 0,1 1,0 1,1');
    expect(masked).toEqual([0, 0, 0.5, 0.5].flatMap((progress) => [16, 14, progress]));
    teacher.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses views of other sizes and counts', async () => {
    const wrong = (views: TrainSelfDistillationOptions['views']) => trainSelfDistillation({ ...shortRun, views });
    const { globals, locals } = colorViews(0, 0);
    await expect(wrong(() => ({ globals: new Float32Array(100), locals }))).rejects.toThrow(
      'trainSelfDistillation: globals must hold views of 16 x 16 pixels in 3 channels, got 100 values; lay the views out',
    );
    await expect(wrong(() => ({ globals }))).rejects.toThrow('locals must hold 2 views of each of 7 images, got none');
    await expect(wrong(() => ({ globals, locals: new Float32Array(8 * 8 * 3) }))).rejects.toThrow('got 1 views');
  });
});
