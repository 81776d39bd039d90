// What a pre-training begins with: its recipe, at the sizes of given weights where there are some.

import { SemmaeError } from '@semmae/core';

import { loadStart } from '../models/load-model';
import { givenForWeights, type PublicWeightsOptions } from '../models/public-weights-options';
import { assertSizesOf, disposeStart, recipeAtSizesOf, type StartingPoint } from '../models/starting-weights';
import {
  type PretrainMethod,
  type PretrainRecipe,
  type PretrainRecipeName,
  pretrainRecipe,
  type RecipeSettings,
  withSettings,
} from '../recipes/pretrain-recipe';
import type { StageOptions } from '../runs/stage-options';

export interface PretrainStartOptions extends RecipeSettings, PublicWeightsOptions {
  /** Default: that of the recipe, or 'mae'. */
  method?: PretrainMethod;
  /** Default '<method>-small'. */
  recipe?: PretrainRecipe | PretrainRecipeName;
  /**
   * A model whose weights training begins with, or by path what `loadModel` takes; the recipe gets its sizes. `family`, `network` and
   * the like are about it. Default: random weights.
   */
  startFrom?: string | StartingPoint;
}

export interface PretrainStart {
  startFrom: StartingPoint | undefined;
  recipe: PretrainRecipe;
}

/** The weights to begin with, and the recipe at their sizes. The weights are loaded where they are named by path. */
export async function startOf(options: PretrainStartOptions & StageOptions): Promise<PretrainStart> {
  const { startFrom: named } = options;
  if (named === undefined) {
    assertNotForWeights(options);
    return { startFrom: undefined, recipe: resolveRecipe(options) };
  }
  const startFrom = typeof named === 'string' ? await loadStart(named, options) : named;
  try {
    const recipe = resolveRecipe(options, startFrom);
    return { startFrom, recipe };
  } catch (error) {
    if (startFrom !== named) disposeStart(startFrom); // loaded here
    throw error;
  }
}

/** Nothing that was said about weights may be passed over. */
function assertNotForWeights(options: PretrainStartOptions): void {
  const { heads: _ofRecipe, decoderHeads: _too, ...own } = options;
  const [name, value] = givenForWeights(own)[0] ?? [];
  if (name === undefined) return;
  throw new SemmaeError({
    where: `\`${name}\``,
    requirement: 'must be left out where training does not begin with weights of another project',
    got: value,
    remedy: 'leave it out, or pass `startFrom`',
  });
}

/** The recipe of the method at the sizes of the weights to begin with, single settings replaced. */
function resolveRecipe(options: PretrainStartOptions, startFrom?: StartingPoint): PretrainRecipe {
  const { method = 'mae', recipe = `${method}-small` as PretrainRecipeName } = options;
  const original = typeof recipe === 'string' ? pretrainRecipe(recipe) : recipe;
  if (typeof recipe === 'string' && options.method !== undefined && !recipe.startsWith(`${method}-`)) {
    throw new SemmaeError({
      where: 'pretrain',
      requirement: `the \`recipe\` of the method ${method} must begin with ${method}-`,
      got: recipe,
      remedy: 'leave `method` out, or choose another `recipe`',
    });
  }
  if (startFrom === undefined) return withSettings(original, options);
  const changed = withSettings(recipeAtSizesOf(startFrom, original, options.patchSize), options);
  assertSizesOf(startFrom, changed);
  return changed;
}
