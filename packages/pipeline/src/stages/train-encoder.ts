// Training of an encoder on a data set as one call.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';
import type { MaskingStrategy } from '@semmae/masking';
import { type EncoderModel, loadEncoder, saveModel } from '../models/encoder-file';
import { startingConfig } from '../models/starting-weights';
import { trainedImagesOf } from '../models/trained-images';
import {
  type EncoderRecipe,
  type EncoderRecipeName,
  encoderRecipe,
  isMAERecipe,
  planRecipe,
} from '../recipes/encoder-recipe';
import { Interrupted } from '../runs/interrupted';
import { enterRunFolder } from '../runs/run-folder';
import { lockRun } from '../runs/run-lock';
import type { ResumePolicy, StageOptions } from '../runs/stage-options';
import { distilEncoder } from './distil-encoder';
import { trainMaskedAutoencoder } from './train-masked-autoencoder';

export interface TrainEncoderOptions extends StageOptions {
  /** Images that views are cut from; about twice as large as the recipe's large views. */
  data: ImageDataset;
  /** Where checkpoints, metrics.jsonl and model.safetensors go. */
  folder: string;
  /** Self-distillation or MAE. Default 'small'. */
  recipe?: EncoderRecipe | EncoderRecipeName;
  /** Weights to begin with, of the recipe's sizes; positions stay as they are there. Default: random ones. */
  startFrom?: EncoderModel;
  /** Of an MAE recipe; any strategy that needs neither attention nor parts. Default: random, with the recipe's ratio. */
  masking?: MaskingStrategy;
  /** Default 0. */
  seed?: number;
  /** Rounded to whole epochs, to which warm-up and the other stretches of the recipe are scaled. Default: the recipe's epochs. */
  steps?: number;
  /** Default 'if-there'. */
  resume?: ResumePolicy;
}

export interface TrainedEncoder extends EncoderModel {
  /** The file. */
  path: string;
}

/**
 * Trains as the recipe says and keeps the encoder: of self-distillation the teacher's, of MAE the one before the decoder, which is in the file as well.
 * Resuming gives what a run without interruption would have given.
 *
 * Throws `Interrupted` when the signal is aborted, and a SemmaeError at a collapse or for weights to begin with that do not fit.
 */
export async function trainEncoder(options: TrainEncoderOptions): Promise<TrainedEncoder> {
  const { data, startFrom, masking, seed = 0, resume = 'if-there', signal, compile, onProgress } = options;
  const wanted = options.recipe ?? 'small';
  const original = typeof wanted === 'string' ? encoderRecipe(wanted) : wanted;
  startingConfig(startFrom, original); // before anything is written
  assertMaskable(original, masking);
  const { recipe, stepsPerEpoch } = planRecipe(original, data.length, options.steps);
  const { height, width } = await data.get(0);
  const imageSize = { height, width };
  const about = { data: data.name, imageCount: data.length, imageSize };
  const settings = { ...about, recipe, seed, masking: masking?.name, startFrom: startFrom?.hash };
  const folder = enterRunFolder({ folder: options.folder, settings, resume });
  const path = join(folder, 'model.safetensors');
  if (existsSync(path)) return { ...(await loadEncoder(path)), path };

  const lock = lockRun(join(folder, 'run.lock'));
  const run = { data, stepsPerEpoch, startFrom, seed, folder, settings, compile, signal, onProgress };
  try {
    const { encoder, decoder, interrupted, completedSteps } = isMAERecipe(recipe)
      ? await trainMaskedAutoencoder({ ...run, recipe, masking })
      : await distilEncoder({ ...run, recipe });
    if (interrupted) throw new Interrupted();
    const provenance = {
      recipe: recipe.name,
      ...about,
      trainedImages: trainedImagesOf(data, startFrom?.provenance),
      seed,
      steps: completedSteps,
      normalization: 'imagenet',
      role: isMAERecipe(recipe) ? 'encoder' : 'teacher',
      startedFrom: startFrom && { id: startFrom.id, hash: startFrom.hash },
    };
    const { id, hash } = await saveModel(path, { encoder, decoder, provenance });
    decoder?.dispose();
    return { encoder, id, hash, provenance, path };
  } finally {
    lock.release();
  }
}

function assertMaskable(recipe: EncoderRecipe, masking: MaskingStrategy | undefined): void {
  if (masking === undefined || isMAERecipe(recipe)) return;
  throw new SemmaeError({
    where: 'trainEncoder',
    requirement: 'masking must be left to a recipe of self-distillation',
    got: `${masking.name} for ${recipe.name}`,
    remedy: 'change recipe.masking, or choose an MAE recipe',
  });
}
