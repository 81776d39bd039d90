// What every way to train an encoder takes, and what it leaves.

import type { ImageDataset } from '@semmae/data';
import type { RunOptions, TrainProgress } from '@semmae/train';
import type { MAEDecoder, ViTEncoder } from '@semmae/vit';

import type { StartingPoint } from '../models/starting-weights';
import type { NetworkInTraining } from '../panels/network-panel';
import type { PretrainRecipe } from '../recipes/pretrain-recipe';
import type { StageOptions } from '../runs/stage-options';
import type { SeenPixels } from './seen-pixels';

export interface TrainingRun<Recipe extends PretrainRecipe>
  extends Omit<StageOptions, 'onProgress'>,
    Pick<RunOptions, 'checkpointEveryMinutes'> {
  data: ImageDataset;
  /** At the wanted length. */
  recipe: Recipe;
  stepsPerEpoch: number;
  /** Whether the learning rate stays at its peak after the warm-up, so that the run can be lengthened. */
  constantLearningRate: boolean;
  /** What the encoder sees. */
  pixels: Pick<SeenPixels, 'channels' | 'statistics'>;
  /** Weights to begin with. */
  startFrom?: StartingPoint;
  seed: number;
  /** Threads that decode images and draw views. */
  workers?: number | undefined;
  /** Entered already. Without one nothing is written. */
  folder?: string;
  /** What must not change when the run is resumed. */
  settings: Readonly<Record<string, unknown>>;
  /** Told after each step, with the network as it then is; awaited before the next one. */
  onStep?: (progress: TrainProgress, network: NetworkInTraining) => unknown;
}

export interface TrainedNetwork {
  /** The caller's to dispose, as is the decoder; disposed already where the run was interrupted. */
  encoder: ViTEncoder;
  /** Of MAE and SemMAE. */
  decoder?: MAEDecoder;
  interrupted: boolean;
  completedSteps: number;
}
