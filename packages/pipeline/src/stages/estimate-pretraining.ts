// What a pre-training would take: sizes, and the time and memory of a few steps of each stage.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { imageNetStatistics } from '@semmae/core';
import { type ImageDataset, nextReadable, subset } from '@semmae/data';
import { spatialGridParts } from '@semmae/parts';
import { ViTEncoder } from '@semmae/vit';

import { openData } from '../batches/open-data';
import type { EncoderModel } from '../models/encoder-file';
import { disposeStart, type StartingPoint } from '../models/starting-weights';
import { maskedImageRecipe } from '../recipes/masked-image-recipe';
import { guidedBy, maskingOf } from '../recipes/masking-of';
import { isMaskedImageRecipe, type PretrainRecipe, planRecipe, viewSizeOf } from '../recipes/pretrain-recipe';
import { learnParts } from './learn-parts';
import { partRecipe } from './part-maps';
import { imageFormFor, type PretrainOptions, trainNetwork } from './pretrain';
import { type PretrainStart, startOf } from './pretrain-start';
import { type SeenPixels, seenPixels } from './seen-pixels';
import { type TrainingCost, trainingCost } from './training-cost';

export interface EstimatedStage {
  name: string;
  steps: number;
  batchSize: number;
  secondsPerStep: number;
  /** Of the whole stage. */
  seconds: number;
  /** Of what is trained. */
  parameters?: number;
  cost?: TrainingCost;
}

export interface PretrainEstimate {
  /** Images to train on. */
  imageCount: number;
  stages: EstimatedStage[];
  seconds: number;
  /** Most memory that this process has had, in bytes. */
  memoryBytes: number;
}

/** Steps that are taken: the first ones compile. */
const [warmUpSteps, measuredSteps] = [2, 3];

/** Takes a few steps of every stage that `pretrain` would take with these options, and writes nothing. */
export async function estimatePretraining(options: PretrainOptions): Promise<PretrainEstimate> {
  const start = await startOf(options);
  try {
    return await estimateFrom(start, options);
  } finally {
    if (typeof options.startFrom === 'string') disposeStart(start.startFrom);
  }
}

async function estimateFrom({ startFrom, recipe }: PretrainStart, options: PretrainOptions): Promise<PretrainEstimate> {
  const masking = maskingOf(options, recipe);
  const { train: images } = await openData(options, await imageFormFor(recipe, options, startFrom), options);
  const pixels = await seenPixels(images, (await nextReadable(images, 0)).image, { ...options, startFrom });
  const guidance = masking === undefined ? 'none' : guidedBy({ masking, recipe });
  const stages: EstimatedStage[] = [];
  if (guidance !== 'none' && options.parts === undefined) {
    const partEncoder = maskedImageRecipe('mae-small');
    if (options.encoder === undefined) {
      const length = { steps: options.encoderSteps };
      stages.push(
        await measureTraining(
          'part encoder',
          partEncoder,
          { ...options, ...length, epochs: undefined },
          images,
          pixels,
        ),
      );
    }
    if (guidance === 'parts') stages.push(await measureParts(partEncoder, options, images, pixels));
  }
  const data = guidance === 'none' ? images : withGridParts(images);
  stages.push(await measureTraining(recipe.name, recipe, options, data, pixels, startFrom));
  return {
    imageCount: images.length,
    stages,
    seconds: stages.reduce((sum, stage) => sum + stage.seconds, 0),
    memoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

async function measureTraining(
  name: string,
  original: PretrainRecipe,
  options: PretrainOptions,
  data: ImageDataset,
  pixels: SeenPixels,
  startFrom?: StartingPoint,
): Promise<EstimatedStage> {
  const { recipe, stepsPerEpoch } = planRecipe(original, data.length, options);
  const masking = maskingOf(name === recipe.name ? options : { out: '', data }, recipe);
  const clock = stepClock(options.signal);
  const network = await trainNetwork(
    recipe,
    {
      ...{ data, stepsPerEpoch, constantLearningRate: false, pixels, startFrom, seed: options.seed ?? 0, settings: {} },
      compile: options.compile,
      signal: clock.signal,
      onStep: clock.tick,
    },
    masking,
  );
  if (!network.interrupted) for (const layer of [network.encoder, network.decoder]) layer?.dispose();
  const steps = recipe.epochs * stepsPerEpoch;
  const secondsPerStep = clock.secondsPerStep();
  return {
    ...{ name, steps, batchSize: recipe.batchSize, secondsPerStep, seconds: steps * secondsPerStep },
    parameters: parametersOf(recipe, pixels.channels),
    cost: trainingCost(recipe, pixels.channels),
  };
}

/** Learning of parts on few images, whose features stand for those of all. */
async function measureParts(
  encoderRecipe: PretrainRecipe,
  options: PretrainOptions,
  images: ImageDataset,
  { channels, statistics = imageNetStatistics }: SeenPixels,
): Promise<EstimatedStage> {
  const few = subset(
    images,
    Array.from({ length: Math.min(images.length, 32) }, (_, index) => index),
  );
  const side = viewSizeOf(encoderRecipe);
  const encoder = new ViTEncoder({ ...encoderRecipe.encoder, imageHeight: side, imageWidth: side, channels, seed: 0 });
  encoder.variables();
  const preprocessing = { ...statistics, imageSize: encoder.imageSize };
  const model: EncoderModel = { encoder, id: 'random weights', hash: '', preprocessing };
  const scratch = mkdtempSync(join(tmpdir(), 'semmae-estimate-'));
  const clock = stepClock(options.signal);
  let imagesPerSecond = Number.NaN;
  try {
    await learnParts({
      ...partRecipe,
      ...{ encoder: model, data: few, out: join(scratch, 'parts'), compile: options.compile, signal: clock.signal },
      onProgress: ({ unit }) => {
        if (unit === 'steps') clock.tick();
      },
      onFeatures: (features) => {
        imagesPerSecond = features.imagesPerSecond ?? Number.NaN;
      },
    }).catch((error: unknown) => {
      if (!clock.signal.aborted || options.signal?.aborted) throw error;
    });
  } finally {
    encoder.dispose();
    rmSync(scratch, { recursive: true, force: true });
  }
  const steps = options.partSteps ?? partRecipe.steps;
  const secondsPerStep = clock.secondsPerStep();
  const encoding = (3 * images.length) / imagesPerSecond; // plain, mirrored, and once more for the maps
  return {
    name: 'parts and part maps',
    steps,
    batchSize: 16,
    secondsPerStep,
    seconds: steps * secondsPerStep + encoding,
  };
}

/** Aborts after the measured steps. */
function stepClock(outer: AbortSignal | undefined) {
  const abort = new AbortController();
  const times: number[] = [];
  return {
    signal: outer === undefined ? abort.signal : AbortSignal.any([abort.signal, outer]),
    tick() {
      times.push(performance.now());
      if (times.length >= warmUpSteps + measuredSteps) abort.abort();
    },
    /** Median of the measured steps, or of what there is. */
    secondsPerStep() {
      const durations = times.slice(1).map((time, index) => (time - times[index]!) / 1000);
      const steady = durations.length > measuredSteps ? durations.slice(-measuredSteps) : durations;
      return steady.sort((a, b) => a - b)[Math.floor(steady.length / 2)] ?? Number.NaN;
    },
  };
}

/** A grid of parts in every image, for steps that cost what real maps will cost. */
function withGridParts(images: ImageDataset): ImageDataset {
  const grid = { rows: 8, columns: 8 };
  return {
    ...images,
    idAt: (index) => images.idAt(index),
    fingerprint: (index) => images.fingerprint(index),
    async get(index) {
      const full = { ...grid, patchCount: grid.rows * grid.columns };
      const scores = Float32Array.from({ length: full.patchCount }, (_, patch) => patch);
      return { ...(await images.get(index)), patchParts: { grid: full, labels: spatialGridParts(full, 6), scores } };
    },
  };
}

/** Of encoder and decoder; heads and mask networks are thrown away. */
function parametersOf(recipe: PretrainRecipe, channels: number): number {
  const { width, depth, patchSize } = recipe.encoder;
  const encoder = networkParameters(width, depth) + (patchSize ** 2 * channels + 1) * width + width;
  if (!isMaskedImageRecipe(recipe)) return encoder;
  const { decoder } = recipe;
  const outside = (width + 1) * decoder.width + decoder.width + (decoder.width + 1) * patchSize ** 2 * channels;
  return encoder + networkParameters(decoder.width, decoder.depth) + outside;
}

/** Blocks of MLP ratio 4 with biases and norms, and the norm behind them. */
function networkParameters(width: number, depth: number): number {
  return depth * (12 * width ** 2 + 13 * width) + 2 * width;
}

/** The estimate in lines of at most 80 characters. */
export function estimateTable({ imageCount, stages, seconds, memoryBytes }: PretrainEstimate): string {
  const lines = stages.flatMap(({ name, steps, batchSize, secondsPerStep, seconds: all, parameters, cost }) => [
    `${name}: ${steps} steps of ${batchSize} images, ${secondsPerStep.toPrecision(3)} s each, ${duration(all)}`,
    ...(cost === undefined
      ? []
      : [
          `  ${(parameters! / 1e6).toPrecision(3)} M parameters, ${(cost.flopsPerImage / 1e9).toPrecision(3)} GFLOP an image and step`,
          `  ${cost.patches.all} patches: ${cost.patches.seen} seen, ${cost.patches.predicted} predicted`,
        ]),
  ]);
  return [
    `${imageCount} images to train on`,
    ...lines,
    `about ${duration(seconds)} in all; these steps took ${(memoryBytes / 2 ** 20).toFixed(0)} MiB of memory`,
  ].join('\n');
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
