// The settings of an MAE pre-training as one record: the published one, and one for small data.

import { assertOneOf } from '@semmae/core';

export interface MAERecipe {
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
  /** One crop of each image; options of `multiCrop` of `@semmae/data`, without blur and solarize. */
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
  /** Share of patches that the encoder does not see. */
  readonly maskRatio: number;
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

/**
 * `mae-vitb16`: Tables 1 and 8 of https://arxiv.org/abs/2111.06377 and the published code. `mae-small` is ours, for hundreds of
 * photographs on two cores: 150 epochs of 300 photographs are 1350 steps, after some 700 of which the features serve for parts.
 */
const recipes = {
  'mae-small': {
    name: 'mae-small',
    encoder: { patchSize: 8, width: 192, depth: 6, heads: 6 },
    decoder: { width: 96, depth: 2, heads: 3 },
    // Grayer and jittered, where MAE crops and mirrors only: of so few photographs color alone would tell too much.
    views: { size: 128, scale: [0.3, 1], jitter: 0.8, grayscale: 0.2 },
    maskRatio: 0.75,
    normalizePixels: true,
    epochs: 150,
    batchSize: 32,
    learningRate: 8e-3, // 1e-3 at batch 32
    warmupEpochs: 12,
    weightDecay: 0.05,
    beta2: 0.95,
  },
  'mae-vitb16': {
    name: 'mae-vitb16',
    encoder: { patchSize: 16, width: 768, depth: 12, heads: 12 },
    decoder: { width: 512, depth: 8, heads: 16 },
    views: { size: 224, scale: [0.2, 1], jitter: 0, grayscale: 0 },
    maskRatio: 0.75,
    normalizePixels: true,
    epochs: 800,
    batchSize: 4096,
    learningRate: 1.5e-4,
    warmupEpochs: 40,
    weightDecay: 0.05,
    beta2: 0.95,
  },
} satisfies Record<string, MAERecipe>;

export type MAERecipeName = keyof typeof recipes;

export const maeRecipeNames = Object.keys(recipes) as readonly MAERecipeName[];

/** The published recipe, or `mae-small`. Change a number with `{ ...maeRecipe('mae-small'), epochs: 50 }`. */
export function maeRecipe(name: MAERecipeName): MAERecipe {
  assertOneOf('maeRecipe', 'name', name, maeRecipeNames);
  return recipes[name];
}
