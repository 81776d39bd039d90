// The three sizes of the reproduction, as one table: what each trains, on how much, for how long.
//
// Scale is the one thing that differs from the paper (ViT-B/8, 224 px, 800 epochs of ImageNet on 16 A100 for 3 days);
// the algorithms, the mask ratio of 0.75, N = 6 parts, lambda = 0.03 and gamma = 2 are the paper's.

import { type LearnPartsOptions, type MaskedImageRecipe, maskedImageRecipe } from '@semmae/pipeline';

import { type StrategyName, strategyNames } from './strategies';

export interface Preset {
  /** One line for `--help`. */
  summary: string;
  /** Side of the square images, in pixels. */
  imageSize: number;
  /** Of the compared models. */
  model: MaskedImageRecipe;
  /** Of the encoder that parts are learned on. */
  partEncoder: MaskedImageRecipe;
  /** What differs from `partRecipe`. */
  parts: Partial<LearnPartsOptions>;
  /** Images of the built-in data set in each split. */
  images: { pretrain: number; probeTrain: number; probeTest: number };
  /** Steps of the part encoder, of the part learner, and of each compared model, rounded to whole passes over the images. */
  steps: { partEncoder: number; parts: number; pretrain: number };
  /** Models a strategy, each with its own seed. */
  seeds: number;
  strategies: readonly StrategyName[];
}

export const presetNames = ['quick', 'demo', 'full'] as const;
export type PresetName = (typeof presetNames)[number];

const imageSize = 64;

/** What half a minute of one core can train: 256 patches of 4 pixels an image, 64 of them kept as in the paper, 16 of those visible. */
const tinyModel: MaskedImageRecipe = {
  ...maskedImageRecipe('semmae-small'),
  name: 'repro-model',
  encoder: { patchSize: 4, width: 64, depth: 2, heads: 2 },
  decoder: { width: 32, depth: 1, heads: 2 },
  views: { size: imageSize, scale: [1, 1], jitter: 0, grayscale: 0 },
  batchSize: 32,
  // MAE's 1.5e-4 a batch of 256 is meant for hundreds of epochs; short runs of small models want more: 3e-3 at batch 32.
  learningRate: 2.4e-2,
  epochs: 100,
  warmupEpochs: 5,
};

const shared = {
  imageSize,
  model: tinyModel,
  partEncoder: { ...tinyModel, name: 'repro-part-encoder', masking: 'random', keptShare: 1 },
  // Objects stand anywhere, so that places are told in the object.
  parts: { placeFrame: 'object', decoderStages: 1 } as const,
};

export const presets: Record<PresetName, Preset> = {
  quick: {
    summary: 'every stage in about a minute; too short for its numbers to mean anything',
    ...shared,
    images: { pretrain: 512, probeTrain: 512, probeTest: 256 },
    steps: { partEncoder: 32, parts: 24, pretrain: 32 },
    seeds: 1,
    strategies: ['random', 'semantic', 'semantic-truth', 'semantic-grid'],
  },
  demo: {
    summary: 'the default: under five minutes on two cores; one seed, whose differences say nothing yet',
    ...shared,
    images: { pretrain: 2048, probeTrain: 1024, probeTest: 1024 },
    steps: { partEncoder: 512, parts: 160, pretrain: 576 },
    seeds: 1,
    strategies: strategyNames,
  },
  full: {
    summary: 'five seeds of every strategy, for differences that mean something; about half an hour on two cores',
    ...shared,
    images: { pretrain: 2048, probeTrain: 2048, probeTest: 2048 },
    steps: { partEncoder: 1024, parts: 320, pretrain: 1024 },
    seeds: 5,
    strategies: strategyNames,
  },
};

/** Fraction of patches hidden from the encoder (MAE and SemMAE: 0.75). */
export const maskRatio = 0.75;
