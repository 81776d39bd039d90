// Self-distillation of an encoder on a data set as one call.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { assertInteger } from '@semmae/core';
import type { ImageDataset } from '@semmae/data';
import {
  type SelfDistillationRecipe,
  type SelfDistillationRecipeName,
  selfDistillationRecipe,
  trainSelfDistillation,
} from '@semmae/train';

import { Interrupted } from '../interrupted';
import { type EncoderModel, loadEncoder, saveEncoder } from '../model-files/encoder-file';
import { enterRunFolder } from '../run-folder';
import type { ResumePolicy, StageOptions } from '../stage-options';
import { viewBatches } from './view-batches';

export interface TrainEncoderOptions extends StageOptions {
  /** Images that views are cut from; about twice as large as the recipe's large views. */
  data: ImageDataset;
  /** Where checkpoints, metrics.jsonl and encoder.safetensors go. */
  folder: string;
  /** Default 'small'. */
  recipe?: SelfDistillationRecipe | SelfDistillationRecipeName;
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
 * Trains student and teacher with multi-crop views as the recipe says and keeps the teacher. Resuming gives what a run without
 * interruption would have given.
 *
 * Throws `Interrupted` when the signal is aborted, and a SemmaeError at a collapse.
 */
export async function trainEncoder(options: TrainEncoderOptions): Promise<TrainedEncoder> {
  const { data, seed = 0, resume = 'if-there', signal, compile, onProgress } = options;
  const { recipe, stepsPerEpoch } = planRecipe(options);
  const { height, width } = await data.get(0);
  const imageSize = { height, width };
  const settings = { data: data.name, imageCount: data.length, imageSize, recipe, seed };
  const folder = enterRunFolder({ folder: options.folder, settings, resume });
  const path = join(folder, 'encoder.safetensors');
  if (existsSync(path)) return { ...(await loadEncoder(path)), path };

  const { teacher, interrupted, completedSteps } = await trainSelfDistillation({
    recipe,
    stepsPerEpoch,
    views: viewBatches({ data, recipe, batchSize: recipe.batchSize, seed }),
    seed,
    folder,
    configuration: settings,
    compile,
    signal,
    onProgress({ step, totalSteps, metrics }) {
      const numbers = ['classLoss', 'patchLoss', 'teacherEntropy', 'featureStd']
        .filter((name) => metrics[name] !== undefined)
        .map((name) => `${name} ${metrics[name]!.toFixed(3)}`);
      const title = `Training the encoder, ${recipe.name}`;
      onProgress?.({ title, done: step, total: totalSteps, unit: 'steps', note: numbers.join(', ') });
    },
  });
  if (interrupted) {
    teacher.dispose();
    throw new Interrupted();
  }
  const provenance = {
    recipe: recipe.name,
    data: data.name,
    imageCount: data.length,
    seed,
    steps: completedSteps,
    imageSize,
    normalisation: 'imagenet',
    role: 'teacher',
  };
  return { ...(await saveEncoder(path, teacher, provenance)), path };
}

/** The recipe at the wanted length: everything that it counts in epochs shrinks or grows with it. */
function planRecipe({ data, recipe = 'small', steps }: TrainEncoderOptions): {
  recipe: SelfDistillationRecipe;
  stepsPerEpoch: number;
} {
  const original = typeof recipe === 'string' ? selfDistillationRecipe(recipe) : recipe;
  const batchSize = Math.min(original.batchSize, data.length);
  const wholeEpoch = Math.floor(data.length / batchSize);
  if (steps === undefined) return { recipe: { ...original, batchSize }, stepsPerEpoch: wholeEpoch };
  assertInteger('trainEncoder', 'steps', steps);
  const stepsPerEpoch = Math.min(wholeEpoch, steps);
  const epochs = Math.max(1, Math.round(steps / stepsPerEpoch));
  const scaled = (stretch: number) => (stretch * epochs) / original.epochs;
  const { warmupEpochs, freezeEpochs, temperatureEpochs } = original;
  return {
    recipe: {
      ...original,
      batchSize,
      epochs,
      warmupEpochs: scaled(warmupEpochs),
      freezeEpochs: scaled(freezeEpochs),
      temperatureEpochs: scaled(temperatureEpochs),
    },
    stepsPerEpoch,
  };
}
