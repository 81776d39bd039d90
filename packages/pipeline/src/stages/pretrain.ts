// Pre-training as one call: from images to a model, whatever the method.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { imageNetStatistics, type Preprocessing, SemmaeError } from '@semmae/core';
import { type ImageDataset, nextReadable, openPartShard, type PartShard, withPartMaps } from '@semmae/data';
import type { SelfDistillationRecipe, TrainProgress } from '@semmae/train';

import type { LoadingOptions } from '../batches/batches';
import { type ImagesOptions, openData, type SizedForm } from '../batches/open-data';
import { pixelRulesFor } from '../features/feature-geometry';
import { type EncoderModel, readModelFile, saveModel, type TrainedModel } from '../models/encoder-file';
import { disposeStart, type StartingPoint, startingNotes } from '../models/starting-weights';
import { trainedImagesOf } from '../models/trained-images';
import type { NetworkInTraining } from '../panels/network-panel';
import { guidedBy, type Masking, maskingOf, needsScores } from '../recipes/masking-of';
import {
  isAdversarialRecipe,
  isMaskedImageRecipe,
  type PretrainRecipe,
  planRecipe,
  type RecipeLength,
  viewSizeOf,
} from '../recipes/pretrain-recipe';
import { Interrupted } from '../runs/interrupted';
import { assertEnterable, enterRunFolder, stageNames } from '../runs/run-folder';
import { lockRun } from '../runs/run-lock';
import { recordRun } from '../runs/run-recorder';
import type { ResumePolicy, StageOptions } from '../runs/stage-options';
import { distilEncoder } from './distil-encoder';
import { partMaps, shardIn } from './part-maps';
import { type PretrainStart, type PretrainStartOptions, startOf } from './pretrain-start';
import { leftOutColors, type PixelStatisticsOptions, type SeenPixels, seenPixels } from './seen-pixels';
import { trainAgainstMasks } from './train-against-masks';
import { trainMaskedAutoencoder } from './train-masked-autoencoder';
import type { TrainedNetwork } from './training-run';

export interface PretrainOptions
  extends StageOptions,
    ImagesOptions,
    RecipeLength,
    PretrainStartOptions,
    PixelStatisticsOptions,
    Pick<LoadingOptions, 'workers'> {
  /** The run folder: model.safetensors, checkpoints, metrics, pictures and the report go there, and stages that the method needs. */
  out: string;
  /** A strategy of `@semmae/masking`, or its name as `maskingByName` reads it. Default: that of the recipe. */
  masking?: string | Masking;
  /** Exponent of α = progress^γ of semantic masking. Default 2, SemMAE's. */
  gamma?: number;
  /** Part maps for guided masks: a shard, learned parts with their `encoder`, or a run folder with one of them. Default: made in `out`. */
  parts?: string;
  /** The encoder that parts are learned on, a model file or run folder. Default: one that is pre-trained in `out` first. */
  encoder?: string | EncoderModel;
  /** Length of that pre-training (MAE). Default: of its recipe. */
  encoderSteps?: number;
  /** Length of the part learning. Default 200. */
  partSteps?: number;
  /** Parts in an image. Default 6. */
  partCount?: number;
  /** Of weights, order, views and masks. Default 0. */
  seed?: number;
  /** Minutes from one checkpoint to the next; the end and an interruption always save. Default 5. */
  checkpointMinutes?: number;
  /** Default 'if-there'. */
  resume?: ResumePolicy;
  /** Channels of the images, from 0, that pictures show: three, or one in gray. Default: the first three; the first of one or two. */
  showBands?: readonly number[];
  /** Told after each step. */
  onStep?: (progress: TrainProgress) => void;
}

export interface PretrainedModel extends TrainedModel {
  /** The file. */
  path: string;
}

/**
 * Trains an encoder as the method says and keeps it: of self-distillation the teacher's, of MAE and SemMAE also the decoder. Masks
 * that follow parts or attention first get their maps, in stages of their own that are used if they are there already: part
 * encoder, parts, part maps. Resuming gives what a run without interruption would have given.
 *
 * Throws `Interrupted` when the signal is aborted, and a SemmaeError of one line for options that do not fit together, for a
 * folder that holds another run, and at a collapse.
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainedModel> {
  assertEnterable(options.out, options.resume ?? 'if-there'); // before images are decoded
  const start = await startOf(options);
  try {
    return await pretrainFrom(start, options);
  } finally {
    if (typeof options.startFrom === 'string') disposeStart(start.startFrom);
  }
}

async function pretrainFrom({ startFrom, recipe: original }: PretrainStart, options: PretrainOptions) {
  const {
    resume = 'if-there',
    seed = 0,
    schedule = 'cosine',
    signal,
    compile,
    onProgress,
    onNote,
    onWarning,
    onData,
  } = options;
  const stage = { signal, compile, onProgress, onNote, onWarning, onData };
  const masking = maskingOf(options, original);
  const constantLearningRate = schedule === 'constant';
  assertSchedule(original, constantLearningRate);

  const form = await imageFormFor(original, options, startFrom);
  const { train: images } = await openData(options, form, stage);
  const { recipe, stepsPerEpoch } = planRecipe(original, images.length, options);
  if (recipe.batchSize < original.batchSize) {
    onWarning?.(
      `batches hold ${recipe.batchSize} image${recipe.batchSize === 1 ? '' : 's'} instead of ${original.batchSize}: there are no more`,
    );
  }
  const { image: first } = await nextReadable(images, 0);
  const pixels = await seenPixels(images, first, { ...options, startFrom });
  const notes = startFrom === undefined ? [] : startingNotes(startFrom, original, pixels.channels);
  for (const note of [...notes, leftOutColors(pixels.channels, original)]) if (note !== undefined) onNote?.(note);
  const about = { data: images.name, imageCount: images.length, imageSize: images.form.imageSize ?? form.imageSize };
  const { epochs, ...fixed } = recipe;
  const isOpen = constantLearningRate && masking?.guidance !== 'parts'; // semantic masks change with the share of training done
  const length = isOpen ? {} : { epochs };
  const maskingName = typeof options.masking === 'string' ? options.masking : options.masking?.name;
  const { gamma, parts, partSteps, encoderSteps, partCount } = options;
  const maps = { gamma, parts, partSteps, encoderSteps, partCount, encoder: idOf(options.encoder) };
  const settings = {
    ...{ ...length, ...about, recipe: fixed, schedule, seed, masking: maskingName, startFrom: startFrom?.hash },
    ...pixels.settings,
    ...(masking && guidedBy({ masking, recipe }) !== 'none' && maps),
    ...(images.form.imageSize === undefined && { crops: 'of whole images' }),
  };
  const folder = enterRunFolder({
    folder: options.out,
    settings,
    resume,
    remedies: { epochs: lengthRemedy(constantLearningRate) },
  });
  const path = join(folder, 'model.safetensors');
  if (existsSync(path)) {
    const finished = await readModelFile(path);
    const isLongEnough = !isOpen || (finished.provenance?.steps ?? 0) >= epochs * stepsPerEpoch;
    if (isLongEnough) return { ...finished, path };
    for (const layer of [finished.encoder, finished.decoder]) layer?.dispose();
  }

  const lock = lockRun(join(folder, 'run.lock'));
  let shard: PartShard | undefined;
  try {
    shard = await mapsFor(options, { images, masking, recipe, folder, seed, stage });
    const data = shard === undefined ? images : await withPartMaps(images, shard);
    const dataName = typeof options.data === 'string' ? options.data : 'photographs';
    const recorder = await recordRun({
      ...{ folder, recipe, settings, data, dataName, masking, seed, onProgress, onWarning },
      ...{ statistics: pixels.statistics, showBands: options.showBands },
    });
    const run = {
      ...{ data, stepsPerEpoch, constantLearningRate, pixels, startFrom, seed, folder, settings, signal },
      ...{ compile, onWarning, workers: options.workers },
      checkpointEveryMinutes: options.checkpointMinutes,
      async onStep(progress: TrainProgress, network: NetworkInTraining) {
        await recorder.onStep(progress, network);
        options.onStep?.(progress);
      },
    };
    const { encoder, decoder, interrupted, completedSteps } = await trainNetwork(recipe, run, masking).finally(
      recorder.close,
    );
    if (interrupted) throw new Interrupted();
    await recorder.finish({ encoder, decoder });
    const provenance = {
      ...{ recipe: recipe.name, ...about, trainedImages: trainedImagesOf(images, startFrom?.provenance) },
      ...{ seed, steps: completedSteps },
      role: isMaskedImageRecipe(recipe) || isAdversarialRecipe(recipe) ? 'encoder' : 'teacher',
      ...(isMaskedImageRecipe(recipe) && { normalizePixels: recipe.normalizePixels }),
      startedFrom: startFrom && { id: startFrom.id, hash: startFrom.hash },
    };
    const preprocessing = preprocessingFor(encoder, { pixels, startFrom, images });
    return { ...(await saveModel(path, { encoder, decoder, preprocessing, provenance })), path };
  } finally {
    shard?.close();
    lock.release();
  }
}

interface MapsContext {
  images: ImageDataset;
  masking: Masking | undefined;
  recipe: PretrainRecipe;
  folder: string;
  seed: number;
  stage: StageOptions;
}

/** The shard of part maps that the masks look at, made if it is missing; undefined where they look at none. */
async function mapsFor(options: PretrainOptions, context: MapsContext): Promise<PartShard | undefined> {
  const { images, masking, recipe, folder, seed, stage } = context;
  const guidance = masking === undefined ? 'none' : guidedBy({ masking, recipe });
  if (guidance === 'none') return undefined;
  const { parts, encoder, encoderSteps, partSteps, partCount, checkpointMinutes } = options;
  const shard = await partMaps({
    ...stage,
    ...{ data: images, folder, parts, encoder, guidance, seed },
    trainEncoder: () =>
      pretrain({
        ...stage,
        ...{ recipe: 'mae-small', data: images, steps: encoderSteps, seed, checkpointMinutes },
        out: join(folder, stageNames.encoder),
      }),
    learning: {
      ...(partSteps !== undefined && { steps: partSteps }),
      ...(partCount !== undefined && { partCount }),
      checkpointMinutes,
    },
  });
  if (shard.settings.scores !== 'none' || !needsScores({ masking: masking!, recipe })) return shard;
  shard.close();
  throw new SemmaeError({
    where: 'pretrain',
    requirement: `${shard.path} must hold a score for each patch, which tells the patches to keep or to mask`,
    got: 'labels alone',
    remedy: 'extract it with an `encoder`, or set `keptShare` to 1',
  });
}

/** Trains by the method of the recipe; `masking` is needed by MAE and SemMAE. */
export async function trainNetwork(
  recipe: PretrainRecipe,
  run: Omit<Parameters<typeof trainMaskedAutoencoder>[0], 'recipe' | 'masking'>,
  masking: Masking | undefined,
): Promise<TrainedNetwork> {
  if (isMaskedImageRecipe(recipe)) return trainMaskedAutoencoder({ ...run, recipe, masking: masking! });
  if (isAdversarialRecipe(recipe)) return trainAgainstMasks({ ...run, recipe });
  return distilEncoder({ ...run, recipe: recipe as SelfDistillationRecipe, masking });
}

/** What the trained encoder wants of images: pixels as those that it was trained on. */
function preprocessingFor(
  { imageSize }: TrainedNetwork['encoder'],
  { pixels, startFrom, images }: { pixels: SeenPixels; startFrom: StartingPoint | undefined; images: ImageDataset },
): Preprocessing {
  const { bands: _ofStart, valueRange: _too, ...others } = startFrom?.preprocessing ?? {};
  const { mean, standardDeviation } = pixels.statistics ?? imageNetStatistics;
  const { bands, valueRange } = images.form.pixels ?? {};
  return {
    ...others,
    ...{ mean, standardDeviation, imageSize },
    ...(bands && { bands }),
    ...(valueRange && { valueRange }),
  };
}

/** Why a run cannot be lengthened, and what can be done instead. */
function lengthRemedy(constantLearningRate: boolean): string {
  const why = constantLearningRate
    ? 'semantic masks grow harder over the whole length'
    : 'the learning rate falls to 0 over the whole length';
  return `it is fixed as ${why}: begin another run with \`startFrom\` this one, or with \`schedule\` constant`;
}

function assertSchedule(recipe: PretrainRecipe, constantLearningRate: boolean): void {
  if (!constantLearningRate || isMaskedImageRecipe(recipe) || isAdversarialRecipe(recipe)) return;
  throw new SemmaeError({
    where: 'pretrain',
    requirement:
      'the `schedule` of self-distillation must be cosine, as its weight decay, momentum and temperatures follow it',
    got: `constant for ${recipe.name}`,
    remedy: 'leave it out',
  });
}

/**
 * What images a pre-training wants: crops are cut from photographs at their own size, unless part maps lie on them. Photographs with
 * part maps in a shard are framed as there, so that the maps lie on them.
 */
export async function imageFormFor(
  recipe: PretrainRecipe,
  options: Pick<PretrainOptions, 'parts' | 'masking' | 'gamma'>,
  startFrom?: StartingPoint,
): Promise<SizedForm> {
  const masking = maskingOf(options, recipe);
  const isGuided = masking !== undefined && guidedBy({ masking, recipe }) !== 'none';
  const crops = !isMaskedImageRecipe(recipe) || recipe.views.scale[0] < 1;
  const side = (crops || isGuided ? 2 : 1) * viewSizeOf(recipe);
  const imageSize = { height: side, width: side };
  const pixels = startFrom && pixelRulesFor(startFrom.encoder.channels, startFrom.preprocessing);
  const path = await shardIn(options.parts);
  if (path === undefined) return { imageSize, pixels, labels: false, ownSizes: crops && !isGuided };
  const shard = await openPartShard(path);
  shard.close();
  return { imageSize, framing: shard.settings.framing, pixels: pixels ?? shard.settings.pixels, labels: false };
}

function idOf(encoder: PretrainOptions['encoder']): string | undefined {
  return typeof encoder === 'object' ? encoder.hash : encoder;
}
