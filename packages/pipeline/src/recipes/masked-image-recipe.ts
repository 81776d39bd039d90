// The settings of a pre-training by masked reconstruction as one record: MAE and SemMAE, published and for small data.

import { assertOneOf } from '@semmae/core';

export interface MaskedImageRecipe {
  readonly name: string;
  /** Positions are sines and cosines. */
  readonly encoder: {
    readonly patchSize: number;
    readonly width: number;
    readonly depth: number;
    readonly heads: number;
  };
  readonly decoder: {
    readonly width: number;
    readonly depth: number;
    readonly heads: number;
  };
  /** One view of each image: a crop, or the whole image where `scale` is [1, 1]; mirrored by a coin toss. */
  readonly views: {
    /** Side in pixels. */
    readonly size: number;
    /** Area of a crop as a share of the image's. */
    readonly scale: readonly [least: number, most: number];
    /** Share of crops whose colors are jittered. */
    readonly jitter: number;
    /** Share of crops that lose their color. */
    readonly grayscale: number;
  };
  /** A strategy as `maskingByName` reads it, without its ratio. */
  readonly masking: string;
  /** Share of patches that the encoder does not see. */
  readonly maskRatio: number;
  /** Share of patches that are used at all: those with the highest foreground score. The others are neither seen nor predicted. */
  readonly keptShare: number;
  /** Whether each patch is predicted standardized by its own mean and variance. */
  readonly normalizePixels: boolean;
  readonly epochs: number;
  readonly batchSize: number;
  /** Per batch of 256. */
  readonly learningRate: number;
  readonly warmupEpochs: number;
  readonly weightDecay: number;
  readonly beta2: number;
}

const maeSmall: MaskedImageRecipe = {
  name: 'mae-small',
  encoder: { patchSize: 8, width: 192, depth: 6, heads: 6 },
  decoder: { width: 96, depth: 2, heads: 3 },
  // Grayer and jittered, where MAE crops and mirrors only: of so few photographs color alone would tell too much.
  views: { size: 128, scale: [0.3, 1], jitter: 0.8, grayscale: 0.2 },
  masking: 'random',
  maskRatio: 0.75,
  keptShare: 1,
  normalizePixels: true,
  epochs: 150,
  batchSize: 32,
  learningRate: 8e-3, // 1e-3 at batch 32
  warmupEpochs: 12,
  weightDecay: 0.05,
  beta2: 0.95,
};

const maeViTBase16: MaskedImageRecipe = {
  name: 'mae-vitb16',
  encoder: { patchSize: 16, width: 768, depth: 12, heads: 12 },
  decoder: { width: 512, depth: 8, heads: 16 },
  views: { size: 224, scale: [0.2, 1], jitter: 0, grayscale: 0 },
  masking: 'random',
  maskRatio: 0.75,
  keptShare: 1,
  normalizePixels: true,
  epochs: 800,
  batchSize: 4096,
  learningRate: 1.5e-4,
  warmupEpochs: 40,
  weightDecay: 0.05,
  beta2: 0.95,
};

/** SemMAE mirrors images and does nothing else with them (§4.1). */
const semantic = { masking: 'semantic', views: { size: 224, scale: [1, 1], jitter: 0, grayscale: 0 } } as const;

/**
 * `mae-vitb16`: Tables 1 and 8 of https://arxiv.org/abs/2111.06377 and the published code. `semmae-vitb8`: §4.1 of
 * https://arxiv.org/abs/2206.10207, 196 of 784 patches; `semmae-vitb16` uses all 196. The `small` ones are ours, for hundreds of
 * photographs on two cores: 150 epochs of 300 photographs are 1350 steps.
 */
const recipes = {
  'mae-small': maeSmall,
  'mae-vitb16': maeViTBase16,
  'semmae-small': {
    ...maeSmall,
    ...semantic,
    name: 'semmae-small',
    views: { ...semantic.views, size: 128 },
    keptShare: 0.25,
  },
  'semmae-vitb8': {
    ...maeViTBase16,
    ...semantic,
    name: 'semmae-vitb8',
    encoder: { ...maeViTBase16.encoder, patchSize: 8 },
    keptShare: 0.25,
  },
  'semmae-vitb16': { ...maeViTBase16, ...semantic, name: 'semmae-vitb16' },
} satisfies Record<string, MaskedImageRecipe>;

export type MaskedImageRecipeName = keyof typeof recipes;

export const maskedImageRecipeNames = Object.keys(recipes) as readonly MaskedImageRecipeName[];

/** A recipe by name. Change a number with `{ ...maskedImageRecipe('mae-small'), epochs: 50 }`. */
export function maskedImageRecipe(name: MaskedImageRecipeName): MaskedImageRecipe {
  assertOneOf('maskedImageRecipe', 'name', name, maskedImageRecipeNames);
  return recipes[name];
}
