// What every way to train an encoder takes, and what it leaves.

import type { ImageDataset } from '@semmae/data';
import type { MAEDecoder, ViTEncoder } from '@semmae/vit';

import type { EncoderModel } from '../models/encoder-file';
import type { EncoderRecipe } from '../recipes/encoder-recipe';
import type { StageOptions } from '../runs/stage-options';

export interface EncoderRun<Recipe extends EncoderRecipe> extends StageOptions {
  data: ImageDataset;
  /** At the wanted length. */
  recipe: Recipe;
  stepsPerEpoch: number;
  /** Weights to begin with. */
  startFrom?: EncoderModel;
  seed: number;
  /** Entered already. */
  folder: string;
  /** What must not change when the run is resumed. */
  settings: Readonly<Record<string, unknown>>;
}

export interface TrainedNetwork {
  /** The caller's to dispose; disposed already where the run was interrupted. */
  encoder: ViTEncoder;
  /** Of a masked autoencoder; as the encoder. */
  decoder?: MAEDecoder;
  interrupted: boolean;
  completedSteps: number;
}
