// What a recipe trains, in numbers that follow from its sizes alone.

import { createPatchGrid } from '@semmae/core';
import type { SelfDistillationRecipe } from '@semmae/train';

import { isAdversarialRecipe, isMaskedImageRecipe, type PretrainRecipe, viewSizeOf } from '../recipes/pretrain-recipe';

export interface TrainingCost {
  /** Patches of the largest view: all, those that the encoder sees, those that are predicted. */
  patches: { all: number; seen: number; predicted: number };
  /** Floating-point operations of an image in a step, forward and backward: matrix products and attention. */
  flopsPerImage: number;
}

/** Backward takes twice what forward takes. */
const forwardAndBackward = 3;

/** A lower bound: norms, activations, heads and the optimizer are left out. */
export function trainingCost(recipe: PretrainRecipe, channels = 3): TrainingCost {
  const { patchSize } = recipe.encoder;
  const side = viewSizeOf(recipe) / patchSize;
  const all = createPatchGrid(side, side).patchCount;
  const encode = (patches: number) => embedding(patches, recipe, channels) + blocks(1 + patches, recipe.encoder);
  if (isMaskedImageRecipe(recipe)) {
    const kept = Math.max(1, Math.floor(all * recipe.keptShare));
    const seen = Math.floor(kept * (1 - recipe.maskRatio));
    const { decoder } = recipe;
    const outputs = 2 * (kept - seen) * decoder.width * patchSize ** 2 * channels;
    const decode = 2 * (1 + seen) * recipe.encoder.width * decoder.width + blocks(1 + kept, decoder) + outputs;
    return {
      patches: { all, seen, predicted: kept - seen },
      flopsPerImage: forwardAndBackward * (encode(seen) + decode),
    };
  }
  if (isAdversarialRecipe(recipe)) {
    // both players encode a view as it is and the other under each mask
    const views = 2 * (1 + recipe.masks.count);
    return { patches: { all, seen: all, predicted: 0 }, flopsPerImage: forwardAndBackward * views * encode(all) };
  }
  const { localSize, localCount } = (recipe as SelfDistillationRecipe).views;
  const local = (localSize / patchSize) ** 2;
  const student = forwardAndBackward * (2 * encode(all) + localCount * encode(local));
  return { patches: { all, seen: all, predicted: 0 }, flopsPerImage: student + 2 * encode(all) };
}

function embedding(patches: number, { encoder: { patchSize, width } }: PretrainRecipe, channels: number): number {
  return 2 * patches * patchSize ** 2 * channels * width;
}

/** Projections and MLP of ratio 4, 24 T D², and attention, 4 T² D, in each block. */
function blocks(tokens: number, { width, depth }: { width: number; depth: number }): number {
  return depth * (24 * tokens * width ** 2 + 4 * tokens ** 2 * width);
}
