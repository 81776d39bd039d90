// The masking strategy of a pre-training, and what it needs.

import { SemmaeError } from '@semmae/core';
import type { BatchMaskingStrategy, MaskingStrategy } from '@semmae/masking';

import { needsPatchParts } from '../batches/masking-contexts';
import { maskingByName, maskingNeeds } from './masking-by-name';
import { isAdversarialRecipe, isMaskedImageRecipe, type PretrainRecipe } from './pretrain-recipe';

export type Masking = MaskingStrategy | BatchMaskingStrategy;

/** What is asked for; where `masking` is left out, the recipe decides. */
export interface MaskingChoice {
  masking?: string | Masking;
  gamma?: number;
}

/** The strategy of MAE and SemMAE; for the other methods one that replaces that of the recipe. */
export function maskingOf({ masking, gamma }: MaskingChoice, recipe: PretrainRecipe): Masking | undefined {
  if (masking !== undefined && isAdversarialRecipe(recipe)) {
    throw new SemmaeError({
      where: 'pretrain',
      requirement: '`masking` must be left out where masks are learned',
      got: `${typeof masking === 'string' ? masking : masking.name} for ${recipe.name}`,
      remedy: 'leave it out, or choose another `method`',
    });
  }
  const text = masking ?? (isMaskedImageRecipe(recipe) ? recipe.masking : undefined);
  const isSemantic = typeof text === 'string' && /^semantic\b/.test(text);
  if (gamma !== undefined && !isSemantic) {
    throw new SemmaeError({
      where: 'pretrain',
      requirement: '`gamma` belongs to semantic masking',
      got: `${gamma} for ${typeof text === 'string' ? text : (text?.name ?? recipe.name)}`,
      remedy: 'leave it out, or choose `masking` semantic',
    });
  }
  if (typeof text !== 'string') return text;
  const named = isSemantic && gamma !== undefined ? `${text},gamma=${gamma}` : text;
  if (isMaskedImageRecipe(recipe) && recipe.keptShare < 1 && maskingNeeds(named).places) {
    throw new SemmaeError({
      where: 'pretrain',
      requirement: 'a `masking` that goes by places needs all patches, as those that are kept have no rows and columns',
      got: `${named} with a keptShare of ${recipe.keptShare}`,
      remedy: 'set `keptShare` to 1, or choose random, attention or semantic masks',
    });
  }
  if (isMaskedImageRecipe(recipe) && maskingNeeds(named).counts === 'per-image') {
    throw new SemmaeError({
      where: 'pretrain',
      requirement: `the \`masking\` of ${recipe.name} must hide as many patches of every image of a batch`,
      got: `${named}, whose counts differ`,
      remedy: 'choose the strategy of the same name without published-, or the method ibot',
    });
  }
  return maskingByName(named, isMaskedImageRecipe(recipe) ? { maskRatio: recipe.maskRatio } : {});
}

/** What maps must hold for the masks of MAE and SemMAE. */
export function guidedBy({ masking, recipe }: { masking: Masking; recipe: PretrainRecipe }): Masking['guidance'] {
  if (!isMaskedImageRecipe(recipe) || !needsPatchParts({ masking, keptShare: recipe.keptShare })) return 'none';
  return masking.guidance === 'parts' ? 'parts' : 'attention';
}

/** Whether those maps must hold a score for each patch. */
export function needsScores({ masking, recipe }: { masking: Masking; recipe: PretrainRecipe }): boolean {
  return masking.guidance === 'attention' || (isMaskedImageRecipe(recipe) && recipe.keptShare < 1);
}
