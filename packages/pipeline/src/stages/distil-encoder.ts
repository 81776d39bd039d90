// An encoder by self-distillation: DINO, iBOT, AttMask, MST.

import type { BatchMaskingStrategy, MaskingStrategy } from '@semmae/masking';
import { recipeNetworks, type SelfDistillationRecipe, trainSelfDistillation, viewMasking } from '@semmae/train';

import { viewBatches } from '../batches/view-batches';
import { assignStart, assignStartingHead, startingConfig } from '../models/starting-weights';
import type { TrainedNetwork, TrainingRun } from './training-run';

export interface DistilEncoderOptions extends TrainingRun<SelfDistillationRecipe> {
  /** Default: that of the recipe. */
  masking?: MaskingStrategy | BatchMaskingStrategy;
}

/** Trains student and teacher with multi-crop views and keeps the teacher. Throws a SemmaeError at a collapse. */
export async function distilEncoder(options: DistilEncoderOptions): Promise<TrainedNetwork> {
  const { data, recipe, stepsPerEpoch, pixels, startFrom, seed, settings, workers, onStep, ...run } = options;
  const masking = options.masking && viewMasking(options.masking);
  const { channels } = pixels;
  const ofStart = { ...startingConfig(startFrom, recipe), ...(masking && { maskToken: true }) };
  const { student, teacher } = recipeNetworks(recipe, { seed, encoder: { ...ofStart, channels } });
  for (const { encoder, head } of [student, teacher]) {
    assignStart(encoder, startFrom);
    assignStartingHead(head, startFrom);
  }
  const batches = viewBatches({
    ...{ data, recipe, batchSize: recipe.batchSize, stepsPerEpoch, seed, workers },
    ...{ statistics: pixels.statistics, onWarning: run.onWarning },
  });
  let finished = false;
  try {
    const { interrupted, completedSteps } = await trainSelfDistillation({
      ...run,
      ...{ recipe, stepsPerEpoch, seed, masking },
      networks: { student, teacher },
      views: batches.batch,
      configuration: settings,
      onProgress: (progress) => onStep?.(progress, { encoder: teacher.encoder }),
    });
    finished = !interrupted;
    return { encoder: teacher.encoder, interrupted, completedSteps };
  } finally {
    await batches.close();
    for (const layer of [student.encoder, student.head, teacher.head]) layer.dispose();
    if (!finished) teacher.encoder.dispose();
  }
}
