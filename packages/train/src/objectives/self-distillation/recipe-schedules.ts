// Everything of a recipe that changes in the course of a run, as functions of the completed updates.

import { assertInteger } from '@semmae/core';

import { cosineBetween } from '../../schedules/cosine-between';
import { lineBetween } from '../../schedules/line-between';
import { scaledLearningRate } from '../../schedules/scaled-learning-rate';
import type { Schedule } from '../../schedules/schedule';
import { warmupCosine } from '../../schedules/warmup-cosine';
import type { SelfDistillationRecipe } from './self-distillation-recipe';
import type { TeacherMoment } from './teacher-pass';

export interface RecipeSchedules {
  totalSteps: number;
  warmupSteps: number;
  /** Updates for which the prototypes are frozen. */
  freezeSteps: number;
  /** Warm-up, then a cosine; scaled to the recipe's batch size. */
  learningRate: Schedule;
  weightDecay: Schedule;
  /** The teacher's. */
  momentum: Schedule;
  /** What the teacher's pass needs. */
  moment: (completedSteps: number) => TeacherMoment;
}

export function recipeSchedules(recipe: SelfDistillationRecipe, stepsPerEpoch: number): RecipeSchedules {
  assertInteger('recipeSchedules', 'stepsPerEpoch', stepsPerEpoch);
  const totalSteps = recipe.epochs * stepsPerEpoch;
  const inSteps = (epochs: number) => Math.min(totalSteps, Math.round(epochs * stepsPerEpoch));
  const overRun = ([start, end]: readonly [number, number]) => cosineBetween({ start, end, totalSteps });
  const steps = inSteps(recipe.temperatureEpochs);
  const temperature = ([start, end]: readonly [number, number]) => lineBetween({ start, end, steps });
  const [ofClass, ofPatches] = [temperature(recipe.classTemperature), temperature(recipe.patchTemperature)];
  const warmupSteps = inSteps(recipe.warmupEpochs);
  return {
    totalSteps,
    warmupSteps,
    freezeSteps: inSteps(recipe.freezeEpochs),
    learningRate: warmupCosine({
      baseLearningRate: scaledLearningRate(recipe.learningRate, recipe.batchSize),
      minimumLearningRate: recipe.minimumLearningRate,
      warmupSteps,
      totalSteps,
    }),
    weightDecay: overRun(recipe.weightDecay),
    momentum: overRun(recipe.momentum),
    moment: (completedSteps) => ({
      classTemperature: ofClass(completedSteps),
      patchTemperature: ofPatches(completedSteps),
      centerMomentum: recipe.centerMomentum,
    }),
  };
}
