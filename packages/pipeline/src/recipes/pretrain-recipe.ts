// From a method and single settings to the whole recipe of a pre-training, and that recipe at another length.

import { assertInteger, assertOneOf, assertRange, SemmaeError } from '@semmae/core';
import {
  type SelfDistillationRecipe,
  type SelfDistillationRecipeName,
  selfDistillationRecipe,
  selfDistillationRecipeNames,
} from '@semmae/train';
import { type ViTPresetName, vitPreset } from '@semmae/vit';

import { type AdversarialRecipe, adversarialSmall } from './adversarial-recipe';
import {
  type MaskedImageRecipe,
  type MaskedImageRecipeName,
  maskedImageRecipe,
  maskedImageRecipeNames,
} from './masked-image-recipe';

export const pretrainMethods = ['mae', 'semmae', 'dino', 'ibot', 'attmask', 'mst', 'adios'] as const;
export type PretrainMethod = (typeof pretrainMethods)[number];

export type PretrainRecipe = MaskedImageRecipe | SelfDistillationRecipe | AdversarialRecipe;
export type PretrainRecipeName = MaskedImageRecipeName | SelfDistillationRecipeName | 'adios-small';

/** Recipes of all methods; `<method>-small` is the default of its method. */
export const pretrainRecipeNames: readonly PretrainRecipeName[] = [
  ...maskedImageRecipeNames,
  ...selfDistillationRecipeNames,
  'adios-small',
];

/** A recipe by name. Throws a SemmaeError that lists the names. */
export function pretrainRecipe(name: PretrainRecipeName): PretrainRecipe {
  assertOneOf('pretrain', '`recipe`', name, pretrainRecipeNames);
  if (name === 'adios-small') return adversarialSmall;
  return isNameOf(maskedImageRecipeNames, name) ? maskedImageRecipe(name) : selfDistillationRecipe(name);
}

function isNameOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

/** MAE and SemMAE. */
export function isMaskedImageRecipe(recipe: PretrainRecipe): recipe is MaskedImageRecipe {
  return 'decoder' in recipe;
}

/** ADIOS. */
export function isAdversarialRecipe(recipe: PretrainRecipe): recipe is AdversarialRecipe {
  return 'siamese' in recipe;
}

/** Side of the largest views, in pixels. */
export function viewSizeOf({ views }: PretrainRecipe): number {
  return 'globalSize' in views ? views.globalSize : views.size;
}

/** Single settings that replace those of a recipe. */
export interface RecipeSettings {
  /** Width, depth and heads of a published ViT. */
  modelSize?: ViTPresetName;
  width?: number;
  depth?: number;
  heads?: number;
  /** Pixels. */
  patchSize?: number;
  /** Side of the views in pixels; local views shrink and grow with it. */
  imageSize?: number;
  /** Of the decoder of MAE and SemMAE. */
  decoderWidth?: number;
  decoderDepth?: number;
  decoderHeads?: number;
  /** Images a step. */
  batchSize?: number;
  /** Peak of the schedule. */
  learningRate?: number;
  /** Share of patches that MAE and SemMAE hide. */
  maskRatio?: number;
  /** Share of patches that SemMAE uses at all. */
  keptShare?: number;
}

const ofMaskedImages = ['decoderWidth', 'decoderDepth', 'decoderHeads', 'maskRatio', 'keptShare'] as const;

/** Throws a SemmaeError for a setting that the recipe has no use for, and for sizes that do not fit together. */
export function withSettings<Recipe extends PretrainRecipe>(recipe: Recipe, settings: RecipeSettings): Recipe {
  const { modelSize, decoderWidth, decoderDepth, decoderHeads, maskRatio, keptShare } = settings;
  const preset = modelSize && vitPreset(modelSize, { imageSize: 224, patchSize: 16 });
  const encoder = {
    ...recipe.encoder,
    ...(preset && { width: preset.width, depth: preset.depth, heads: preset.heads }),
    ...given({ width: settings.width, depth: settings.depth, heads: settings.heads, patchSize: settings.patchSize }),
  };
  const batchSize = settings.batchSize ?? recipe.batchSize;
  assertInteger('pretrain', '`batchSize`', batchSize);
  const { learningRate } = settings;
  const changed = {
    ...recipe,
    encoder,
    batchSize,
    ...given({ learningRate: learningRate === undefined ? undefined : (learningRate * 256) / batchSize }),
    views: viewsAt(recipe.views, settings.imageSize, encoder.patchSize),
  } as Recipe;
  assertDivides(viewSizeOf(changed), encoder.patchSize);
  if (!isMaskedImageRecipe(changed)) {
    const foreign = ofMaskedImages.find((key) => settings[key] !== undefined);
    if (foreign === undefined) return changed;
    throw new SemmaeError({
      where: 'pretrain',
      requirement: `\`${foreign}\` belongs to the methods mae and semmae`,
      got: `${settings[foreign]} for ${recipe.name}`,
      remedy: 'leave it out, or choose another `method`',
    });
  }
  if (maskRatio !== undefined) assertRange('pretrain', '`maskRatio`', maskRatio, 0.01, 0.99);
  if (keptShare !== undefined) assertRange('pretrain', '`keptShare`', keptShare, 0.01, 1);
  return {
    ...changed,
    decoder: { ...changed.decoder, ...given({ width: decoderWidth, depth: decoderDepth, heads: decoderHeads }) },
    ...given({ maskRatio, keptShare }),
  };
}

/** The views at another size; local ones in proportion, in whole patches of the smallest common size of 8 pixels. */
function viewsAt(views: PretrainRecipe['views'], size: number | undefined, patchSize: number): PretrainRecipe['views'] {
  if (size === undefined) return views;
  assertInteger('pretrain', '`imageSize`', size);
  if (!('globalSize' in views)) return { ...views, size };
  const { globalSize, localSize } = views;
  const patches = Math.max(1, Math.round((localSize * size) / globalSize / patchSize));
  return { ...views, globalSize: size, localSize: patches * patchSize };
}

function assertDivides(imageSize: number, patchSize: number): void {
  if (imageSize % patchSize === 0) return;
  throw new SemmaeError({
    where: 'pretrain',
    requirement: `\`patchSize\` must divide the side of the views, ${imageSize} pixels`,
    got: patchSize,
    remedy: 'change `patchSize` or `imageSize`',
  });
}

function given<Values extends Record<string, unknown>>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}

export interface RecipeLength {
  /** Passes over the images. Not beside `steps`. */
  epochs?: number;
  /** Rounded to whole passes. */
  steps?: number;
  /** With 'constant' the warm-up is one epoch, unless `warmupEpochs` is given, whatever the length. */
  schedule?: 'cosine' | 'constant';
  warmupEpochs?: number;
}

export interface RecipePlan<Recipe extends PretrainRecipe> {
  recipe: Recipe;
  stepsPerEpoch: number;
}

/**
 * The recipe for `imageCount` images, of which a batch cannot have more, and for the wanted length: what it counts in epochs
 * (warm-up, freezing) shrinks or grows with it.
 */
export function planRecipe<Recipe extends PretrainRecipe>(
  original: Recipe,
  imageCount: number,
  { epochs: wanted, steps, schedule, warmupEpochs }: RecipeLength = {},
): RecipePlan<Recipe> {
  const batchSize = Math.min(original.batchSize, imageCount);
  const wholeEpoch = Math.floor(imageCount / batchSize);
  if (steps !== undefined && wanted !== undefined) {
    throw new SemmaeError({
      where: 'pretrain',
      requirement: 'the length is given by `epochs` or by `steps`',
      got: `${wanted} epochs and ${steps} steps`,
      remedy: 'leave one out',
    });
  }
  if (steps !== undefined) assertInteger('pretrain', '`steps`', steps);
  if (wanted !== undefined) assertInteger('pretrain', '`epochs`', wanted);
  const stepsPerEpoch = Math.min(wholeEpoch, steps ?? wholeEpoch);
  const epochs = wanted ?? (steps === undefined ? original.epochs : Math.max(1, Math.round(steps / stepsPerEpoch)));
  const recipe = { ...original, batchSize, epochs };
  const stretched =
    schedule === 'constant'
      ? { warmupEpochs: warmupEpochs ?? 1 }
      : { ...stretches(original, epochs / original.epochs), ...(warmupEpochs !== undefined && { warmupEpochs }) };
  return { recipe: { ...recipe, ...stretched }, stepsPerEpoch };
}

/** What a recipe counts in epochs, times `factor`. */
function stretches(recipe: PretrainRecipe, factor: number): Partial<PretrainRecipe> {
  const warmupEpochs = recipe.warmupEpochs * factor;
  if (!('freezeEpochs' in recipe)) return { warmupEpochs };
  const { freezeEpochs, temperatureEpochs } = recipe;
  return { warmupEpochs, freezeEpochs: freezeEpochs * factor, temperatureEpochs: temperatureEpochs * factor };
}
