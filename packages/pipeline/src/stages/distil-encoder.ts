// An encoder by self-distillation, as one of its recipes says.

import { recipeNetworks, type SelfDistillationRecipe, trainSelfDistillation } from '@semmae/train';
import { viewBatches } from '../batches/view-batches';
import { assignStart, startingConfig } from '../models/starting-weights';
import type { EncoderRun, TrainedNetwork } from './encoder-run';

const shownMetrics = ['classLoss', 'patchLoss', 'teacherEntropy', 'featureStd'];

/** Trains student and teacher with multi-crop views and keeps the teacher. Throws a SemmaeError at a collapse. */
export async function distilEncoder(options: EncoderRun<SelfDistillationRecipe>): Promise<TrainedNetwork> {
  const { data, recipe, stepsPerEpoch, startFrom, seed, folder, settings, compile, signal, onProgress } = options;
  const { student, teacher } = recipeNetworks(recipe, { seed, encoder: startingConfig(startFrom, recipe) });
  for (const { encoder } of [student, teacher]) assignStart(encoder, startFrom);
  let finished = false;
  try {
    const { interrupted, completedSteps } = await trainSelfDistillation({
      ...{ recipe, stepsPerEpoch, seed, folder, compile, signal },
      networks: { student, teacher },
      views: viewBatches({ data, recipe, batchSize: recipe.batchSize, seed }),
      configuration: settings,
      onProgress({ step, totalSteps, metrics }) {
        const numbers = shownMetrics
          .filter((name) => metrics[name] !== undefined)
          .map((name) => `${name} ${metrics[name]!.toFixed(3)}`);
        const title = `Training the encoder, ${recipe.name}`;
        onProgress?.({ title, done: step, total: totalSteps, unit: 'steps', note: numbers.join(', ') });
      },
    });
    finished = !interrupted;
    return { encoder: teacher.encoder, interrupted, completedSteps };
  } finally {
    for (const layer of [student.encoder, student.head, teacher.head]) layer.dispose();
    if (!finished) teacher.encoder.dispose();
  }
}
