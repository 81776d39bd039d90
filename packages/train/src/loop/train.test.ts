import '@tensorflow/tfjs-backend-cpu';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { epochs, type RegressionBatch, regressionBatch, smallRun, stepsPerEpoch } from '../__fixtures__/small-run';
import { movingAverage } from '../step/moving-average';
import type { StepRecord } from './metrics-log';
import { type TrainOptions, type TrainResult, train } from './train';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-train-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const totalSteps = epochs * stepsPerEpoch;

async function runInto(target: string, options: Partial<TrainOptions<RegressionBatch>> = {}): Promise<TrainResult> {
  const run = smallRun();
  try {
    return await train({ ...run, folder: target, ...options });
  } finally {
    run.dispose();
  }
}

/** What must be equal between a run and its interrupted twin: all but times. */
function readRecords(target: string): Omit<StepRecord, 'imagesPerSecond' | 'seconds'>[] {
  const lines = readFileSync(join(target, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { imagesPerSecond: _rate, seconds: _seconds, ...record } = JSON.parse(line) as StepRecord;
    return record;
  });
}

function uninterrupted(): Promise<Omit<StepRecord, 'imagesPerSecond' | 'seconds'>[]> {
  const target = join(folder, 'uninterrupted');
  return runInto(target).then(() => readRecords(target));
}

async function abortAfter(
  target: string,
  steps: number,
  options: Partial<TrainOptions<RegressionBatch>> = {},
): Promise<TrainResult> {
  const controller = new AbortController();
  return runInto(target, {
    ...options,
    signal: controller.signal,
    onProgress: ({ step }) => {
      if (step === steps) controller.abort();
    },
  });
}

async function errorOf(promise: Promise<unknown>): Promise<SemmaeError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(SemmaeError.isInstance(error)).toBe(true);
  expect((error as Error).message).not.toContain('\n');
  return error as SemmaeError;
}

describe('train', () => {
  it('learns, logs every step once and frees what it made', async () => {
    const run = smallRun();
    const before = tf.memory().numTensors;
    const result = await train({ ...run, folder });
    expect(tf.memory().numTensors).toBe(before);
    run.dispose();
    const records = readRecords(folder);
    expect(records.map(({ step }) => step)).toEqual(Array.from({ length: totalSteps }, (_, index) => index + 1));
    expect(records.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: totalSteps }, (_, index) => Math.floor(index / stepsPerEpoch)),
    );
    const [first, last] = [records[0]!.loss as number, records.at(-1)!.loss as number];
    expect(last).toBeLessThan(first / 2);
    expect(records.every(({ worst }) => worst! > 0)).toBe(true);
    expect(result).toEqual({
      interrupted: false,
      completedSteps: totalSteps,
      totalSteps,
      resumedFrom: 0,
      loss: records.at(-1)!.loss,
    });
  });

  it('takes no step when it is aborted before it begins', async () => {
    const result = await runInto(folder, { signal: AbortSignal.abort() });
    expect(result).toEqual({ interrupted: true, completedSteps: 0, totalSteps, resumedFrom: 0, loss: undefined });
    expect((await runInto(folder)).completedSteps).toBe(totalSteps);
  });

  it('asks for a batch only when the update before it has happened', async () => {
    const run = smallRun();
    const weight = () => Array.from(run.objective.variables()[0]!.dataSync());
    const [asked, updated] = [[] as number[][], [weight()]];
    await train({
      ...run,
      accumulationSteps: 2,
      batch: async (epoch, step) => {
        await tf.nextFrame();
        asked.push(weight());
        return regressionBatch(epoch, step);
      },
      onProgress: () => updated.push(weight()),
    });
    expect(asked).toEqual(updated.slice(0, -1).flatMap((value) => [value, value]));
    expect(new Set(updated.map(String)).size).toBe(totalSteps + 1); // every update changes the weights
    run.dispose();
  });

  it('saves state that batches change, and goes on with it', async () => {
    const withState = (target: string, options: Partial<TrainOptions<RegressionBatch>> = {}) => {
      const sum = tf.variable(tf.scalar(0), false);
      return runInto(target, {
        ...options,
        state: { sum },
        batch(epoch, step) {
          const batch = regressionBatch(epoch, step);
          tf.tidy(() => sum.assign(tf.add(sum, tf.mean(batch.inputs))));
          return { ...batch, inputs: tf.tidy(() => tf.add(batch.inputs, sum)) as tf.Tensor2D };
        },
      }).finally(() => sum.dispose());
    };
    const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
    await withState(whole);
    const controller = new AbortController();
    const onProgress = ({ step }: { step: number }) => (step === 7 ? controller.abort() : undefined);
    await withState(parts, { signal: controller.signal, onProgress });
    expect((await withState(parts)).resumedFrom).toBe(7);
    expect(readRecords(parts)).toEqual(readRecords(whole));
    const error = await errorOf(runInto(parts));
    expect(error.message).toContain('every weight must exist in this model, got state.sum, which does not');
  });

  it('needs no folder', async () => {
    const run = smallRun();
    expect((await train({ ...run })).completedSteps).toBe(totalSteps);
    run.dispose();
  });

  it('reports rate and time left by the given clock', async () => {
    let time = 0;
    const seen: number[][] = [];
    await runInto(folder, {
      now: () => time,
      batch: (epoch, step) => {
        time += 500; // half a second a step, 13 rows each
        return regressionBatch(epoch, step);
      },
      onProgress: ({ imagesPerSecond, secondsLeft }) => seen.push([imagesPerSecond, secondsLeft]),
    });
    seen.forEach(([rate, left], index) => {
      expect(rate).toBeCloseTo(26, 9); // the running mean of equal values, in doubles
      expect(left).toBeCloseTo((totalSteps - index - 1) / 2, 9);
    });
  });

  it('gives the same numbers, bit by bit, when it is interrupted at any step and resumed', async () => {
    const expected = await uninterrupted();
    for (const stop of [1, 7, 19]) {
      const target = join(folder, `stopped-${stop}`);
      expect(await abortAfter(target, stop)).toMatchObject({ interrupted: true, completedSteps: stop });
      expect(await runInto(target)).toMatchObject({ interrupted: false, resumedFrom: stop });
      expect(readRecords(target)).toEqual(expected);
    }
  });

  it('gives the same numbers after kill -9, taking the steps since the last checkpoint again', async () => {
    const expected = await uninterrupted();
    const target = join(folder, 'killed');
    const script = fileURLToPath(new URL('../__fixtures__/killed-run.ts', import.meta.url));
    const child = spawnSync(process.execPath, ['--import', 'tsx', '--conditions=@semmae/source', script, target], {
      encoding: 'utf8',
    });
    expect(child.signal, child.stderr).toBe('SIGKILL');
    expect(readRecords(target)).toEqual(expected.slice(0, 11));
    expect(await runInto(target)).toMatchObject({ resumedFrom: 8, completedSteps: totalSteps });
    expect(readRecords(target)).toEqual(expected);
  });

  it('resumes micro-batches and moving averages bit by bit, with none of the gradient sums on disk', async () => {
    const accumulated = async (target: string, stop?: number) => {
      const run = smallRun();
      const average = movingAverage({ variables: run.objective.variables(), decay: (steps) => 1 - 0.5 / (1 + steps) });
      const controller = new AbortController();
      const before = tf.memory().numTensors;
      const asked: number[][] = [];
      const batch = (epoch: number, index: number) => {
        asked.push([epoch, index]);
        return regressionBatch(epoch, index);
      };
      const result = await train({
        ...run,
        batch,
        accumulationSteps: 3,
        movingAverage: average,
        folder: target,
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step === stop) controller.abort();
        },
      });
      expect(tf.memory().numTensors).toBe(before);
      const averages = average.variables().map((variable) => Array.from(variable.dataSync()));
      const weights = run.objective.variables().map((variable) => Array.from(variable.dataSync()));
      average.dispose();
      run.dispose();
      return { result, asked, averages, weights };
    };
    const whole = await accumulated(join(folder, 'whole'));
    expect(whole.result.completedSteps).toBe(totalSteps);
    const perEpoch = 3 * stepsPerEpoch;
    const order = Array.from({ length: epochs * perEpoch }, (_, index) => [
      Math.floor(index / perEpoch),
      index % perEpoch,
    ]);
    expect(whole.asked).toEqual(order);
    expect(whole.averages).not.toEqual(whole.weights);

    const target = join(folder, 'stopped');
    expect((await accumulated(target, 7)).result.completedSteps).toBe(7);
    const resumed = await accumulated(target);
    expect(resumed.result.resumedFrom).toBe(7);
    expect(resumed.asked).toEqual(order.slice(3 * 7));
    expect(resumed.averages).toEqual(whole.averages);
    expect(resumed.weights).toEqual(whole.weights);
    expect(readRecords(target)).toEqual(readRecords(join(folder, 'whole')));

    const file = readFileSync(join(target, 'checkpoints/last.safetensors'));
    const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString()) as object;
    expect(Object.keys(header).sort()).toEqual([
      '__metadata__',
      'average.first.bias',
      'average.first.kernel',
      'average.second.kernel',
      'first.bias',
      'first.kernel',
      'optimizer.0',
      'optimizer.1',
      'optimizer.2',
      'optimizer.3',
      'second.kernel',
    ]);
  });

  it('refuses to go on with another number of micro-batches, or with averages that the run has not', async () => {
    await abortAfter(folder, 2);
    const other = await errorOf(runInto(folder, { accumulationSteps: 2 }));
    expect(other.message).toContain('accumulationSteps must be 1 as when the run began, got 2');
    const run = smallRun();
    const average = movingAverage({ variables: run.objective.variables(), decay: 0.5 });
    const missing = await errorOf(train({ ...run, folder, movingAverage: average }));
    expect(missing.message).toContain('average.first.kernel must be F32 [3, 7] as in this model, got no such weight');
    average.dispose();
    run.dispose();
  });

  it('frees micro-batches and gradient sums when something throws in between', async () => {
    const run = smallRun();
    const before = tf.memory().numTensors;
    const batch = (epoch: number, index: number) => {
      if (index === 4) throw new Error('from the data');
      return regressionBatch(epoch, index);
    };
    await expect(train({ ...run, batch, accumulationSteps: 3 })).rejects.toThrow('from the data');
    expect(tf.memory().numTensors).toBe(before);
    run.dispose();
  });

  it('has nothing left to do when it is called on a finished run', async () => {
    await runInto(folder);
    expect(await runInto(folder)).toEqual({
      interrupted: false,
      completedSteps: totalSteps,
      totalSteps,
      resumedFrom: totalSteps,
      loss: undefined,
    });
  });

  it('brings back the state that its owner saved', async () => {
    let counter = 0;
    const userState = {
      save: () => ({ counter }),
      restore(saved: unknown) {
        counter = (saved as { counter: number }).counter;
      },
    };
    await abortAfter(folder, 3, { userState: { ...userState, save: () => ({ counter: 41 }) } });
    await runInto(folder, { userState });
    expect(counter).toBe(41);
  });

  it('falls back to the previous checkpoint when the last is damaged, with a warning', async () => {
    const expected = await uninterrupted();
    for (const [name, damage] of Object.entries(damages)) {
      const target = join(folder, name);
      await abortAfter(target, 9, { checkpointEverySteps: 4 }); // checkpoints at 8 and 9
      damage(join(target, 'checkpoints/last.safetensors'));
      const warnings: string[] = [];
      expect(await runInto(target, { onWarning: (message) => warnings.push(message) })).toMatchObject({
        resumedFrom: 8,
      });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(
        /checkpoints\/last\.safetensors: must (be|have|hold) .*; going on from .*previous\.safetensors$/,
      );
      expect(readRecords(target)).toEqual(expected);
      expect(readdirSync(join(target, 'checkpoints'))).toContain('damaged.safetensors');
    }
  });

  it('never lets a damaged checkpoint take the place of the good one', async () => {
    await abortAfter(folder, 9, { checkpointEverySteps: 4 });
    truncateSync(join(folder, 'checkpoints/last.safetensors'), 100);
    await abortAfter(folder, 12, { onWarning: () => {} });
    truncateSync(join(folder, 'checkpoints/last.safetensors'), 100);
    expect(await runInto(folder, { onWarning: () => {} })).toMatchObject({
      resumedFrom: 8,
      completedSteps: totalSteps,
    });
  });

  it('goes on from the previous checkpoint when the process died between the two renames of a save', async () => {
    await abortAfter(folder, 9, { checkpointEverySteps: 4 });
    rmSync(join(folder, 'checkpoints/last.safetensors'));
    expect(await runInto(folder)).toMatchObject({ resumedFrom: 8, completedSteps: totalSteps });
  });

  it('says in one line that no checkpoint is whole', async () => {
    await abortAfter(folder, 1);
    truncateSync(join(folder, 'checkpoints/last.safetensors'), 300);
    expect((await errorOf(runInto(folder))).message).toMatch(
      /last\.safetensors: must have at least \d+ bytes, got 300; it is truncated or damaged: [^\n]*$/,
    );
  });

  it('names the first weight that does not fit, with both shapes', async () => {
    await abortAfter(folder, 2);
    const other = smallRun({ hidden: 11 });
    const error = await errorOf(train({ ...other, folder }));
    other.dispose();
    expect(error.message).toContain('first.kernel must be F32 [3, 11] as in this model, got F32 [3, 7]');
  });

  it('refuses settings other than those the run began with, and a second run in its folder', async () => {
    await abortAfter(folder, 2, { configuration: { masking: 'semantic', gamma: 2 } });
    const other = await errorOf(runInto(folder, { configuration: { masking: 'semantic', gamma: 3 } }));
    expect(other.message).toContain('gamma must be 2 as when the run began, got 3');
    const steps = await errorOf(
      runInto(folder, { configuration: { masking: 'semantic', gamma: 2 }, stepsPerEpoch: 6 }),
    );
    expect(steps.message).toContain('stepsPerEpoch must be 5 as when the run began, got 6');
    expect((await errorOf(runInto(folder, { resume: false }))).message).toContain(
      'folder must not hold a run when resume is false',
    );
  });

  it('lets a finished run be lengthened, with a warning', async () => {
    await runInto(folder);
    const warnings: string[] = [];
    const result = await runInto(folder, { epochs: epochs + 1, onWarning: (message) => warnings.push(message) });
    expect(result).toMatchObject({ resumedFrom: totalSteps, completedSteps: totalSteps + stepsPerEpoch });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('began with 4 epochs and goes on to 5');
  });

  it('finds out before the first step that the folder cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    let batches = 0;
    const attempt = runInto(join(file, 'run'), { batch: () => Promise.reject(new Error(`batch ${batches++}`)) });
    expect((await errorOf(attempt)).message).toMatch(
      /^train: .*file\/run\/checkpoints must be a folder that can be written, got ENOTDIR.*choose another folder/,
    );
    expect(batches).toBe(0);
  });

  it.each([
    [
      'the batch',
      Number.NaN,
      /^train, step 10: the batch must be finite, got NaN in row 0 of inputs; look at that image/,
    ],
    [
      'the steps',
      1e30, // its square is no float32
      /^train, step 10: loss and gradients must be finite, got losses .*, Infinity and gradient norms .* in the last 5 steps; .*clipNorm/,
    ],
  ])('stops at the first loss that is not finite, blames %s, and keeps the checkpoint from before', async (...row) => {
    const [, factor, message] = row;
    const expected = await uninterrupted();
    const target = join(folder, 'diverged');
    let poisoned = true;
    const batch = (epoch: number, step: number) =>
      poisoned && epoch === 1 && step === 4 ? poisonedBatch(epoch, step, factor) : regressionBatch(epoch, step);
    const error = await errorOf(runInto(target, { batch, checkpointEverySteps: 1 }));
    expect(error.message).toMatch(message);
    poisoned = false;
    expect(await runInto(target, { batch })).toMatchObject({ resumedFrom: 9 });
    expect(readRecords(target)).toEqual(expected);
  });

  it.runIf(process.platform === 'linux')('leaves the checkpoint whole when the disk is full', async () => {
    await abortAfter(folder, 3);
    symlinkSync('/dev/full', join(folder, 'checkpoints/last.safetensors.draft')); // writes to it fail with ENOSPC
    const error = await errorOf(runInto(folder, { checkpointEverySteps: 1 }));
    expect(error.message).toMatch(
      /^train: .* must be writable, got ENOSPC.*free some space, then resume: the checkpoint from before is whole$/,
    );
    expect(readdirSync(join(folder, 'checkpoints'))).not.toContain('last.safetensors.draft');
    expect(await runInto(folder)).toMatchObject({ resumedFrom: 3, completedSteps: totalSteps });
  });

  it.runIf(process.platform === 'linux')('promises no checkpoint when the disk was full from the first', async () => {
    mkdirSync(join(folder, 'checkpoints'));
    symlinkSync('/dev/full', join(folder, 'checkpoints/last.safetensors.draft'));
    const error = await errorOf(runInto(folder, { checkpointEverySteps: 1 }));
    expect(error.message).toMatch(/got ENOSPC.*choose another folder; there is no checkpoint yet$/);
    symlinkSync('/dev/full', join(folder, 'metrics.jsonl.draft'));
    expect((await errorOf(runInto(folder))).message).toMatch(/^train: .* must be writable, got E/);
  });

  it('frees batch and step when something throws in between', async () => {
    const run = smallRun();
    const before = tf.memory().numTensors;
    await expect(
      train({
        ...run,
        onProgress: () => {
          throw new Error('from outside');
        },
      }),
    ).rejects.toThrow('from outside');
    expect(tf.memory().numTensors).toBe(before);
    run.dispose();
  });
});

function poisonedBatch(epoch: number, step: number, factor: number): RegressionBatch {
  const { inputs, targets } = regressionBatch(epoch, step);
  const poisoned = tf.tidy(() => ({ inputs: tf.mul<tf.Tensor2D>(inputs, factor), targets: tf.mul(targets, factor) }));
  tf.dispose([inputs, targets]);
  return poisoned as RegressionBatch;
}

const damages: Record<string, (path: string) => void> = {
  truncated: (path) => truncateSync(path, readFileSync(path).length - 5),
  'cut in the header': (path) => truncateSync(path, 40),
  empty: (path) => truncateSync(path, 0),
  'one bit flipped': (path) => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 9]! ^= 4;
    writeFileSync(path, bytes);
  },
  'one digit of the header changed': (path) =>
    writeFileSync(
      path,
      Buffer.from(readFileSync(path, 'latin1').replace('\\"completedSteps\\":9', '\\"completedSteps\\":7'), 'latin1'),
    ),
  'another kind of file': (path) => writeFileSync(path, 'PK'.repeat(1000)),
};
