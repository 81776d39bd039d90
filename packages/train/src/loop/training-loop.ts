// The loop around any step: batches in, metrics and checkpoints out, interruptible at every step.

import { assertInteger, assertRange } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import type { TensorBatch } from '../step/objective';
import type { StepMetrics, TrainStep, TrainStepOptions } from '../step/train-step';
import { createDivergenceGuard } from './divergence-guard';
import { createProgressMeter } from './progress-meter';
import type { RunFolder } from './run-folder';
import type { TrainOptions, TrainResult } from './train-options';
import { namedVariables, type RunState, type RunVariables } from './training-state';

/** What `train` takes, but for what makes up its step: a step and all that it changes, however many players and optimizers. */
export interface TrainingLoopOptions<Batch>
  extends Omit<TrainOptions<Batch>, Exclude<keyof TrainStepOptions<Batch>, 'accumulationSteps'> | 'state'> {
  /** Makes the step, once; the loop disposes it. */
  step: () => TrainStep<Batch>;
  /** What checkpoints hold; asked for once the step is made. */
  variables: () => RunVariables;
}

/** Takes `epochs` x `stepsPerEpoch` steps as `train` describes it. */
export async function trainingLoop<Batch extends TensorBatch<Batch>>(
  options: TrainingLoopOptions<Batch>,
): Promise<TrainResult> {
  const {
    schedule,
    epochs,
    stepsPerEpoch,
    batch,
    accumulationSteps = 1,
    checkpointEverySteps = Number.POSITIVE_INFINITY,
    checkpointEveryMinutes = 5,
    configuration = {},
    userState,
    signal,
    onProgress,
  } = options;
  const { now = () => performance.now() } = options;
  assertInteger('train', 'epochs', epochs);
  assertInteger('train', 'stepsPerEpoch', stepsPerEpoch);
  assertRange('train', 'checkpointEveryMinutes', checkpointEveryMinutes, 0, Number.MAX_VALUE);
  if (Number.isFinite(checkpointEverySteps)) assertInteger('train', 'checkpointEverySteps', checkpointEverySteps);

  const totalSteps = epochs * stepsPerEpoch;
  const step = options.step();
  const run = await openRun(options, configuration);
  const resumedFrom = run?.restored?.completedSteps ?? 0;
  const secondsBefore = run?.restored?.seconds ?? 0;
  if (run?.restored?.userState !== undefined) userState?.restore(run.restored.userState);

  const guard = createDivergenceGuard();
  const meter = createProgressMeter(now);
  let completedSteps = resumedFrom;
  let savedSteps = run?.restored === undefined ? -1 : resumedFrom;
  let savedAt = now();
  let loss: number | undefined;

  async function takeStep(): Promise<void> {
    const epoch = Math.floor(completedSteps / stepsPerEpoch);
    const learningRate = schedule(completedSteps);
    const firstBatch = (completedSteps % stepsPerEpoch) * accumulationSteps;
    const lastBatch = firstBatch + accumulationSteps - 1;
    let images = 0;
    for (let index = firstBatch; index < lastBatch; index++) {
      const microBatch = await batch(epoch, index);
      images += batchSize(microBatch);
      try {
        step.accumulate(microBatch);
      } finally {
        disposeBatch(microBatch);
      }
    }
    const inputs = await batch(epoch, lastBatch);
    images += batchSize(inputs);
    const { metrics, broken } = await readMetrics(
      () => step(inputs, { learningRate, step: completedSteps + 1 }),
      inputs,
    );
    guard.check(completedSteps + 1, metrics.loss, metrics.gradientNorm, broken);
    completedSteps += 1;
    loss = metrics.loss;
    const { imagesPerSecond, secondsLeft } = meter.tick(images, totalSteps - completedSteps);
    run?.log({
      step: completedSteps,
      epoch,
      ...metrics,
      learningRate,
      imagesPerSecond,
      seconds: secondsBefore + meter.elapsed(),
    });
    await onProgress?.({
      step: completedSteps,
      totalSteps,
      epoch,
      loss,
      learningRate,
      imagesPerSecond,
      secondsLeft,
      metrics,
    });
  }

  async function save(): Promise<void> {
    if (run === undefined || savedSteps === completedSteps) return;
    const state: RunState = {
      completedSteps,
      epochs,
      stepsPerEpoch,
      accumulationSteps,
      seconds: secondsBefore + meter.elapsed(),
      configuration,
      userState: userState?.save(),
    };
    await run.save(state);
    savedSteps = completedSteps;
    savedAt = now();
  }

  try {
    while (completedSteps < totalSteps && !signal?.aborted) {
      await takeStep();
      if (completedSteps % checkpointEverySteps === 0 || now() - savedAt >= checkpointEveryMinutes * 60_000)
        await save();
      await tf.nextFrame(); // lets signals and timers through when every step is synchronous
    }
    await save();
  } finally {
    step.dispose();
    run?.close();
  }
  return { interrupted: completedSteps < totalSteps, completedSteps, totalSteps, resumedFrom, loss };
}

/** Loads the file system's part only for runs that have a folder, so that training works in browsers. */
async function openRun<Batch>(
  options: TrainingLoopOptions<Batch>,
  configuration: Readonly<Record<string, unknown>>,
): Promise<RunFolder | undefined> {
  const { folder, resume = true, epochs, stepsPerEpoch, accumulationSteps, onWarning = console.warn } = options;
  if (folder === undefined) return undefined;
  const { openRunFolder } = await import('./run-folder');
  const variables = namedVariables(options.variables());
  const expected = { stepsPerEpoch, accumulationSteps, configuration };
  const run = await openRunFolder({ folder, resume, variables, expected, onWarning });
  if (run.restored !== undefined && run.restored.epochs !== epochs) {
    onWarning(
      `train: the run in ${folder} began with ${run.restored.epochs} epochs and goes on to ${epochs}; ` +
        'a learning rate that depends on the length jumps here, so the result differs from a run of that length',
    );
  }
  return run;
}

interface ReadMetrics {
  metrics: { loss: number; gradientNorm: number; [name: string]: number };
  /** Where the loss is not finite: what of the batch was not, if anything. */
  broken?: string | undefined;
}

/** Runs the step, reads its scalars and frees them together with the batch. */
async function readMetrics<Batch extends TensorBatch<Batch>>(
  run: () => StepMetrics,
  batch: Batch,
): Promise<ReadMetrics> {
  try {
    const scalars = run();
    const names = Object.keys(scalars);
    const values = await Promise.all(names.map((name) => scalars[name]!.data()));
    tf.dispose(scalars);
    const metrics = Object.fromEntries(
      names.map((name, index) => [name, values[index]![0]!]),
    ) as ReadMetrics['metrics'];
    return { metrics, broken: Number.isFinite(metrics.loss) ? undefined : await brokenIn(batch) };
  } finally {
    disposeBatch(batch);
  }
}

/** The first value of the batch that is no number: "NaN in row 3 of images". */
async function brokenIn<Batch extends TensorBatch<Batch>>(batch: Batch): Promise<string | undefined> {
  for (const [name, tensor] of Object.entries<tf.Tensor>(batch)) {
    const values = await tensor.data();
    const place = values.findIndex((value) => !Number.isFinite(value));
    if (place < 0) continue;
    const row = Math.floor((place * (tensor.shape[0] ?? 1)) / values.length);
    return `${values[place]} in row ${row} of ${name}`;
  }
  return undefined;
}

function disposeBatch<Batch extends TensorBatch<Batch>>(batch: Batch): void {
  for (const tensor of Object.values<tf.Tensor>(batch)) tensor.dispose();
}

function batchSize<Batch extends TensorBatch<Batch>>(batch: Batch): number {
  const [first] = Object.values<tf.Tensor>(batch);
  return first?.shape[0] ?? 0;
}
