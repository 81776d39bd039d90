// The learning rate of a recipe of MAE, SemMAE or ADIOS.

import { type Schedule, scaledLearningRate, warmupCosine } from '@semmae/train';

import type { AdversarialRecipe } from '../recipes/adversarial-recipe';
import type { MaskedImageRecipe } from '../recipes/masked-image-recipe';
import type { TrainingRun } from './training-run';

/** A line up, then half a cosine down to 0; or the peak from the warm-up on. */
export function learningRateOf({
  recipe,
  stepsPerEpoch,
  constantLearningRate,
}: Pick<
  TrainingRun<MaskedImageRecipe | AdversarialRecipe>,
  'recipe' | 'stepsPerEpoch' | 'constantLearningRate'
>): Schedule {
  const baseLearningRate = scaledLearningRate(recipe.learningRate, recipe.batchSize);
  const totalSteps = recipe.epochs * stepsPerEpoch;
  const warmupSteps = Math.min(totalSteps, Math.round(recipe.warmupEpochs * stepsPerEpoch));
  if (!constantLearningRate) return warmupCosine({ baseLearningRate, warmupSteps, totalSteps });
  return (completedSteps) => baseLearningRate * Math.min(1, completedSteps / Math.max(1, warmupSteps));
}
