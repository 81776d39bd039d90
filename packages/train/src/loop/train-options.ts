// What the caller says of a run, and what it gets.

import type * as tf from '@tensorflow/tfjs-core';

import type { Schedule } from '../schedules/schedule';
import type { TrainStepOptions } from '../step/train-step';

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
  /** Where metrics.jsonl and checkpoints/ go, made if absent. Without one nothing is written. */
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
   * Variables beside the weights that a run changes, such as the centers of a teacher, by the names they shall have in
   * checkpoints (behind `state.`). They are saved, and restored on resuming.
   */
  state?: Readonly<Record<string, tf.Variable>>;
  /** State of yours (plain JSON) to save with each checkpoint and get back on resuming. */
  userState?: { save(): unknown; restore(saved: unknown): void };
  /** Aborting finishes the step, saves, and returns with `interrupted: true`. */
  signal?: AbortSignal;
  /** Told after each step; a promise is awaited before the next one, so that weights may be looked at meanwhile. */
  onProgress?: (progress: TrainProgress) => unknown;
  /** Told in one line that a damaged checkpoint was passed over, or that `epochs` changed. Default `console.warn`. */
  onWarning?: (message: string) => void;
  /** The clock for rates and checkpoint times, in milliseconds. Default `performance.now`. Results do not depend on it. */
  now?: () => number;
}

/** What runs with a loop of their own around `train` hand on to it. */
export type RunOptions = Pick<
  TrainOptions<never>,
  | 'compile'
  | 'folder'
  | 'resume'
  | 'checkpointEverySteps'
  | 'checkpointEveryMinutes'
  | 'configuration'
  | 'signal'
  | 'onProgress'
  | 'onWarning'
  | 'now'
>;

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
