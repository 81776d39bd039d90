// The recipes of encoders by name, whatever they train with, and a recipe at another length.

import { assertInteger, assertOneOf } from '@semmae/core';
import {
  type MAERecipe,
  type MAERecipeName,
  maeRecipe,
  maeRecipeNames,
  type SelfDistillationRecipe,
  type SelfDistillationRecipeName,
  selfDistillationRecipe,
  selfDistillationRecipeNames,
} from '@semmae/train';

export type EncoderRecipe = SelfDistillationRecipe | MAERecipe;
export type EncoderRecipeName = SelfDistillationRecipeName | MAERecipeName;

/** Ours first. */
export const encoderRecipeNames: readonly EncoderRecipeName[] = [
  ...new Set<EncoderRecipeName>(['small', 'mae-small', ...selfDistillationRecipeNames, ...maeRecipeNames]),
];

export function encoderRecipe(name: EncoderRecipeName): EncoderRecipe {
  assertOneOf('trainEncoder', 'recipe', name, encoderRecipeNames);
  return isNameOfMAE(name) ? maeRecipe(name) : selfDistillationRecipe(name);
}

export function isMAERecipe(recipe: EncoderRecipe): recipe is MAERecipe {
  return 'decoder' in recipe;
}

/** Side of the largest views, in pixels. */
export function viewSizeOf(recipe: EncoderRecipe): number {
  return isMAERecipe(recipe) ? recipe.views.size : recipe.views.globalSize;
}

export interface RecipePlan<Recipe extends EncoderRecipe> {
  recipe: Recipe;
  stepsPerEpoch: number;
}

/**
 * The recipe for `imageCount` images, of which a batch cannot have more, and for about `steps` steps: everything that it counts
 * in epochs shrinks or grows with them.
 */
export function planRecipe<Recipe extends EncoderRecipe>(
  original: Recipe,
  imageCount: number,
  steps: number | undefined,
): RecipePlan<Recipe> {
  const batchSize = Math.min(original.batchSize, imageCount);
  const wholeEpoch = Math.floor(imageCount / batchSize);
  if (steps === undefined) return { recipe: { ...original, batchSize }, stepsPerEpoch: wholeEpoch };
  assertInteger('trainEncoder', 'steps', steps);
  const stepsPerEpoch = Math.min(wholeEpoch, steps);
  const epochs = Math.max(1, Math.round(steps / stepsPerEpoch));
  const recipe = { ...original, batchSize, epochs };
  return { recipe: { ...recipe, ...stretches(original, epochs / original.epochs) }, stepsPerEpoch };
}

/** What a recipe counts in epochs, times `factor`. */
function stretches(recipe: EncoderRecipe, factor: number): Partial<EncoderRecipe> {
  const warmupEpochs = recipe.warmupEpochs * factor;
  if (isMAERecipe(recipe)) return { warmupEpochs };
  const { freezeEpochs, temperatureEpochs } = recipe;
  return { warmupEpochs, freezeEpochs: freezeEpochs * factor, temperatureEpochs: temperatureEpochs * factor };
}

function isNameOfMAE(name: EncoderRecipeName): name is MAERecipeName {
  return maeRecipeNames.some((known) => known === name);
}
