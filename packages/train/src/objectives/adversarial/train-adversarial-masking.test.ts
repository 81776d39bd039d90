import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSafetensors } from '@semmae/checkpoints';
import { createRng, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TrainProgress } from '../../loop/train';
import { constantLearningRate } from '../../schedules/schedule';
import { batchSize, channels, embeddingWidth, height, linearPlayers, width } from './__fixtures__/linear-players';
import { byol } from './byol';
import { maskNetwork } from './mask-network';
import { simclr } from './simclr';
import { type TrainAdversarialMaskingOptions, trainAdversarialMasking } from './train-adversarial-masking';

let folder: string;
let tensorsBefore: number;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  folder = mkdtempSync(join(tmpdir(), 'semmae-adversarial-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

const shape: [number, number, number, number] = [batchSize, height, width, channels];

/** Two noisy views of the same random images. */
function views(epoch: number, step: number) {
  const rng = createRng(7).split('views', epoch, step);
  const images = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, rng.normal);
  const view = () =>
    tf.tensor(
      images.map((value) => value + 0.1 * rng.normal()),
      shape,
    ) as tf.Tensor4D;
  return { first: view(), second: view() };
}

const schedule = {
  schedule: constantLearningRate(0.01),
  maskSchedule: (completed: number) => 0.1 / (1 + completed), // changes from step to step, so that resuming must know it
  epochs: 3,
  stepsPerEpoch: 2,
  views,
};

/** A run of linear players; the weights they end with. */
async function run(options: Partial<TrainAdversarialMaskingOptions>) {
  const players = linearPlayers();
  const seen: TrainProgress[] = [];
  try {
    const result = await trainAdversarialMasking({
      ...schedule,
      model: simclr({ embedder: players.embedder }),
      masks: players.masks,
      ...options,
      onProgress(progress) {
        seen.push(progress);
        options.onProgress?.(progress);
      },
    });
    const weights = [players.kernel, players.colors, players.places].map((one) => Array.from(one.dataSync()));
    return { result, weights, seen };
  } finally {
    players.dispose();
  }
}

/** The same with BYOL; the weights of embedder, target and masks that it ends with. */
async function runBYOL(options: Partial<TrainAdversarialMaskingOptions>) {
  const [online, follower] = [linearPlayers(), linearPlayers()];
  const model = byol({
    embedder: online.embedder,
    target: follower.embedder,
    width: embeddingWidth,
    hiddenWidth: 11,
    totalSteps: 6,
    momentum: [0.6, 0.9],
  });
  try {
    const result = await trainAdversarialMasking({ ...schedule, model, masks: online.masks, ...options });
    const changed = [online.kernel, follower.kernel, online.colors, online.places, ...model.variables()];
    return { result, weights: changed.map((one) => Array.from(one.dataSync())) };
  } finally {
    for (const one of [model, online, follower]) one.dispose();
  }
}

async function readRun(target: string): Promise<{ records: object[]; stored: Map<string, number[]> }> {
  const lines = readFileSync(join(target, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const reader = await openSafetensors(join(target, 'checkpoints/last.safetensors'));
  const stored = new Map<string, number[]>();
  for (const name of reader.entries.keys()) stored.set(name, Array.from((await reader.read(name)) as Float32Array));
  reader.close();
  return { records: lines.map((line) => ({ ...JSON.parse(line), seconds: 0, imagesPerSecond: 0 })), stored };
}

describe('trainAdversarialMasking', () => {
  it('updates both players once a batch and reports both', async () => {
    const { result, seen } = await run({});
    expect(result).toMatchObject({ interrupted: false, completedSteps: 6, resumedFrom: 0 });
    expect(seen.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { metrics } of seen) {
      expect(metrics.maskGradientNorm).toBeGreaterThan(0);
      expect(metrics.gradientNorm).toBeGreaterThan(0);
      expect(metrics.maskLoss).toBeCloseTo(metrics.penalty! - metrics.siameseLoss!, 4);
      expect(metrics.smallestMask).toBeGreaterThan(0);
    }
  });

  it.each([false, true])(
    'resumes exactly: weights, both optimizers, both schedules, drawn masks (one per image: %s)',
    async (oneMaskPerImage) => {
      const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
      const expected = await run({ folder: whole, oneMaskPerImage });
      const interruption = new AbortController();
      const stopped = await run({
        folder: parts,
        oneMaskPerImage,
        signal: interruption.signal,
        onProgress: ({ step }) => {
          if (step === 3) interruption.abort();
        },
      });
      const resumed = await run({ folder: parts, oneMaskPerImage });
      expect(stopped.result).toMatchObject({ interrupted: true, completedSteps: 3 });
      expect(resumed.result).toMatchObject({ interrupted: false, resumedFrom: 3, completedSteps: 6 });
      expect(resumed.weights).toEqual(expected.weights);
      const [one, other] = await Promise.all([readRun(whole), readRun(parts)]);
      expect(other.records).toEqual(one.records);
      expect(other.stored).toEqual(one.stored);
      const names = ['linear.kernel', 'masks.colors', 'masks.places', 'optimizer.0', 'optimizer.1', 'optimizer.2'];
      expect([...one.stored.keys()].sort()).toEqual(names); // AdamW's two moments, SGD's velocity
      expect(one.stored.get('optimizer.2')!.every((value) => value !== 0)).toBe(true);
    },
  );

  it('resumes exactly with a target: it is state of the run', async () => {
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    const expected = await runBYOL({ folder: whole });
    const interruption = new AbortController();
    await runBYOL({
      folder: parts,
      signal: interruption.signal,
      onProgress: ({ step }) => {
        if (step === 3) interruption.abort();
      },
    });
    const resumed = await runBYOL({ folder: parts });
    expect(resumed.result).toMatchObject({ interrupted: false, resumedFrom: 3, completedSteps: 6 });
    expect(resumed.weights).toEqual(expected.weights);
    const [online, target] = resumed.weights;
    const distance = Math.max(...target!.map((value, index) => Math.abs(value - online![index]!)));
    expect(distance).toBeGreaterThan(1e-3); // a target that began anew from the weights would show
    const [one, other] = await Promise.all([readRun(whole), readRun(parts)]);
    expect(other).toEqual(one);
    expect(one.stored.get('average.linear.kernel')).toEqual(target);
    await expect(run({ folder: parts })).rejects.toThrow('model must be "byol" as when the run began, got "simclr"');
  });

  it('refuses to resume another game', async () => {
    await run({ folder, epochs: 1 });
    await expect(run({ folder, epochs: 1, penaltyWeight: 0.5 })).rejects.toThrow(
      'penaltyWeight must be 1 as when the run began, got 0.5',
    );
    await expect(run({ folder, epochs: 1, oneMaskPerImage: true })).rejects.toThrow('oneMaskPerImage must be false');
  });

  it('draws other masks for other seeds, the same for the same', async () => {
    const of = (seed: number) => run({ oneMaskPerImage: true, seed }).then(({ weights }) => weights);
    const [one, twin, other] = [await of(1), await of(1), await of(2)];
    expect(twin).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('stops when the masks diverge, before anything is saved', async () => {
    const error = await run({ folder, checkpointEverySteps: 1, maskSchedule: () => 1e38 }).catch(
      (reason: unknown) => reason,
    );
    expect(SemmaeError.isInstance(error)).toBe(true);
    expect((error as Error).message).toMatch(/^train, step \d: loss and gradients must be finite, got losses .*NaN/);
  });

  it('refuses masks that are part of a target', async () => {
    const [online, network] = [linearPlayers(), maskNetwork({ imageHeight: 8, imageWidth: 8, baseWidth: 8 })];
    const [last] = network.variables().slice(-1);
    const kernel = tf.tidy(() => tf.variable(tf.zeros(last!.shape)));
    const embed = () => tf.zeros<tf.Rank.R2>([5, 2]);
    const model = byol({
      embedder: { variables: () => [kernel], embed },
      target: { variables: () => [last!], embed },
      width: 2,
      hiddenWidth: 3,
      totalSteps: 6,
    });
    await expect(trainAdversarialMasking({ ...schedule, model, masks: network })).rejects.toThrow(
      'model and masks must have no variable in common',
    );
    for (const one of [model, online, network, kernel]) one.dispose();
  });

  it('refuses players that share a variable', async () => {
    const network = maskNetwork({ imageHeight: 8, imageWidth: 8, baseWidth: 8 });
    const model = simclr({
      embedder: { variables: () => network.variables().slice(-1), embed: () => tf.zeros([5, 2]) },
    });
    await expect(trainAdversarialMasking({ ...schedule, model, masks: network })).rejects.toThrow(
      'trainAdversarialMasking: model and masks must have no variable in common, got mask_network/last.bias',
    );
    network.dispose();
  });
});
