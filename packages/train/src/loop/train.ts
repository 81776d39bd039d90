// Training one objective.

import type { TensorBatch } from '../step/objective';
import { trainStep } from '../step/train-step';
import type { TrainOptions, TrainResult } from './train-options';
import { trainingLoop } from './training-loop';

export type { TrainOptions, TrainProgress, TrainResult } from './train-options';

/**
 * Trains `objective` for `epochs` x `stepsPerEpoch` steps. Resuming after an interruption or a kill gives the same numbers
 * as a run without, as far as the backend computes the same twice.
 *
 * Throws a SemmaeError for a folder that cannot be written or holds another model's run (before the first step), and at the
 * first loss or gradient that is not finite; checkpoints then keep the state from before.
 */
export async function train<Batch extends TensorBatch<Batch>>(options: TrainOptions<Batch>): Promise<TrainResult> {
  const { objective, optimizer, movingAverage, state } = options;
  return trainingLoop({
    ...options,
    step: () => trainStep(options),
    variables: () => ({
      model: objective.variables(),
      optimizer: optimizer.variables(),
      average: movingAverage?.variables(),
      state,
    }),
  });
}
