// The training loop: batches in, metrics and checkpoints out, interruptible at every step.

import { assertInteger, assertRange } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { createDivergenceGuard } from './divergence-guard';
import type { TensorBatch } from './objective';
import { createProgressMeter } from './progress-meter';
import type { RunFolder } from './run-folder';
import type { Schedule } from './schedule';
import { type StepMetrics, type TrainStepOptions, trainStep } from './train-step';
import { namedVariables, type RunState } from './training-state';

export interface TrainOptions<Batch> extends TrainStepOptions<Batch> {
  /** Learning rate by completed steps, e.g. `warmupCosine(...)`. */
  schedule: Schedule;
  epochs: number;
  /** Updates of the weights in an epoch, whatever `accumulationSteps` is. */
  stepsPerEpoch: number;
  /**
   * The batch of a step; both indices count from 0. It must depend on nothing else (seed every draw with them), since that
   * is what makes a resumed run equal to one that never stopped. It may also read weights and `state`: it is asked for only
   * when the update of the step before has happened. The trainer disposes the tensors.
   *
   * With `accumulationSteps` k it is a micro-batch, asked for k times a step: `batchInEpoch` runs to k · stepsPerEpoch - 1.
   */
  batch: (epoch: number, batchInEpoch: number) => Batch | Promise<Batch>;
  /** Where metrics.jsonl and the checkpoints go, made if absent. Without one nothing is written. */
  folder?: string;
  /** Continue the run that the folder holds, if any. Default true; false makes it an error that the folder holds one. */
  resume?: boolean;
  /** Save after every so many steps. Default: by time alone. */
  checkpointEverySteps?: number;
  /** Save when this much time has passed since the last save. Default 5. The end and an interruption always save. */
  checkpointEveryMinutes?: number;
  /** Plain-JSON settings that must not change when the run is resumed: model, data, masking, seed, schedule. */
  configuration?: Readonly<Record<string, unknown>>;
  /**
   * Variables beside the weights that a run changes, such as the centres of a teacher, by the names they shall have in
   * checkpoints (behind `state.`). They are saved, and restored on resuming.
   */
  state?: Readonly<Record<string, tf.Variable>>;
  /** State of yours (plain JSON) to save with each checkpoint and get back on resuming. */
  userState?: { save(): unknown; restore(saved: unknown): void };
  /** Aborting finishes the step, saves, and returns with `interrupted: true`. */
  signal?: AbortSignal;
  onProgress?: (progress: TrainProgress) => void;
  /** Told in one line that a damaged checkpoint was passed over, or that `epochs` changed. Default `console.warn`. */
  onWarning?: (message: string) => void;
  /** The clock for rates and checkpoint times, in milliseconds. Default `performance.now`. Results do not depend on it. */
  now?: () => number;
}

export interface TrainProgress {
  /** Steps taken, the one just done included. */
  step: number;
  totalSteps: number;
  /** Counted from 0. */
  epoch: number;
  loss: number;
  learningRate: number;
  imagesPerSecond: number;
  secondsLeft: number;
  /** All scalars of the step: loss, gradientNorm and the objective's. */
  metrics: Readonly<Record<string, number>>;
}

export interface TrainResult {
  interrupted: boolean;
  completedSteps: number;
  totalSteps: number;
  /** Steps that a checkpoint brought; 0 for a new run. */
  resumedFrom: number;
  /** Loss of the last step taken; undefined when there was none left to take. */
  loss: number | undefined;
}

/**
 * Trains `objective` for `epochs` x `stepsPerEpoch` steps. Resuming after an interruption or a kill gives the same numbers
 * as a run without, as far as the backend computes the same twice.
 *
 * Throws a SemmaeError for a folder that cannot be written or holds another model's run (before the first step), and at the
 * first loss or gradient that is not finite; checkpoints then keep the state from before.
 */
export async function train<Batch extends TensorBatch<Batch>>(options: TrainOptions<Batch>): Promise<TrainResult> {
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
  const step = trainStep(options);
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
    const metrics = await readMetrics(() => step(inputs, { learningRate, step: completedSteps + 1 }), inputs);
    guard.check(completedSteps + 1, metrics.loss, metrics.gradientNorm);
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
    onProgress?.({
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
  options: TrainOptions<Batch>,
  configuration: Readonly<Record<string, unknown>>,
): Promise<RunFolder | undefined> {
  const { folder, resume = true, epochs, stepsPerEpoch, accumulationSteps, onWarning = console.warn } = options;
  if (folder === undefined) return undefined;
  const { openRunFolder } = await import('./run-folder');
  const { objective, optimizer, movingAverage, state } = options;
  const variables = namedVariables({
    model: objective.variables(),
    optimizer: optimizer.variables(),
    average: movingAverage?.variables(),
    state,
  });
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

/** Runs the step, reads its scalars and frees them together with the batch. */
async function readMetrics<Batch extends TensorBatch<Batch>>(
  run: () => StepMetrics,
  batch: Batch,
): Promise<{ loss: number; gradientNorm: number; [name: string]: number }> {
  try {
    const scalars = run();
    const names = Object.keys(scalars);
    const values = await Promise.all(names.map((name) => scalars[name]!.data()));
    tf.dispose(scalars);
    return Object.fromEntries(names.map((name, index) => [name, values[index]![0]!])) as {
      loss: number;
      gradientNorm: number;
    };
  } finally {
    disposeBatch(batch);
  }
}

function disposeBatch<Batch extends TensorBatch<Batch>>(batch: Batch): void {
  for (const tensor of Object.values<tf.Tensor>(batch)) tensor.dispose();
}

function batchSize<Batch extends TensorBatch<Batch>>(batch: Batch): number {
  const [first] = Object.values<tf.Tensor>(batch);
  return first?.shape[0] ?? 0;
}
