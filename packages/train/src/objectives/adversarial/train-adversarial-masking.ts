// ADIOS from two views: the game, its optimizers and its checkpoints.

import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { createDivergenceGuard } from '../../loop/divergence-guard';
import type { RunOptions, TrainOptions, TrainResult } from '../../loop/train-options';
import { trainingLoop } from '../../loop/training-loop';
import { adamW } from '../../optimizers/adamw';
import type { Optimizer } from '../../optimizers/optimizer';
import { sgd } from '../../optimizers/sgd';
import { constantLearningRate, type Schedule } from '../../schedules/schedule';
import type { AdversarialBatch } from './adversarial-batch';
import { adversarialEncoderObjective } from './adversarial-encoder-objective';
import { type AdversarialMaskObjectiveOptions, adversarialMaskObjective } from './adversarial-mask-objective';
import { adversarialStep } from './adversarial-step';
import { assertApart } from './assert-apart';

/** `model` and `masks` are trained in place and stay the caller's. `schedule` and `clipNorm` are the encoder's. */
export interface TrainAdversarialMaskingOptions
  extends AdversarialMaskObjectiveOptions,
    RunOptions,
    Pick<TrainOptions<AdversarialBatch>, 'schedule' | 'epochs' | 'stepsPerEpoch' | 'clipNorm'> {
  /** Two views of the images of a batch, [B, H, W, C] each; like `batch` of `train` it must depend on the two indices alone. Taken over. */
  views: (
    epoch: number,
    batchInEpoch: number,
  ) => Pick<AdversarialBatch, 'first' | 'second'> | Promise<Pick<AdversarialBatch, 'first' | 'second'>>;
  /** Learning rate of the masks by completed steps. Default 0.1 throughout, ADIOS. */
  maskSchedule?: Schedule;
  /** Largest gradient norm of the masks' update. Default: no clipping. */
  maskClipNorm?: number;
  /** Of the encoder. Default AdamW; disposed by the caller if given. */
  optimizer?: Optimizer;
  /** Default SGD with momentum 0.9; disposed by the caller if given. */
  maskOptimizer?: Optimizer;
  /**
   * ADIOS's lightweight variant: one mask drawn for each image and step in place of all J, which costs the encoder 1/J. The penalty
   * still counts all. Default false.
   */
  oneMaskPerImage?: boolean;
  /** Of the drawn masks. Default 0. */
  seed?: number;
}

/**
 * Trains encoder and masks against each other, one update each for a batch, writes and resumes as `train` does. A target of the model
 * follows the encoder's update, so that the masks play against both as they now are. Progress holds the metrics of `adversarialStep`.
 *
 * Reference: Shi et al., "Adversarial Masking for Self-Supervised Learning", https://arxiv.org/abs/2201.13100
 */
export async function trainAdversarialMasking(options: TrainAdversarialMaskingOptions): Promise<TrainResult> {
  const { model, masks, penaltyWeight = 1, entropyWeight = 0, oneMaskPerImage = false, seed = 0 } = options;
  const { compile, clipNorm, maskClipNorm, maskSchedule = constantLearningRate(0.1), configuration = {} } = options;
  const encoderObjective = adversarialEncoderObjective({ model, masks });
  const maskObjective = adversarialMaskObjective({ model, masks, penaltyWeight, entropyWeight });
  const movingAverage = model.target?.average;
  // The players pull in opposite directions, so that a shared variable would belong to neither.
  assertApart(
    'trainAdversarialMasking',
    'model and masks',
    [...encoderObjective.variables(), ...(movingAverage?.variables() ?? [])],
    maskObjective.variables(),
    'give the mask network weights of its own',
  );
  const optimizer = options.optimizer ?? adamW({ variables: encoderObjective.variables() });
  const maskOptimizer = options.maskOptimizer ?? sgd({ variables: maskObjective.variables() });
  const guard = createDivergenceGuard();
  try {
    return await trainingLoop<AdversarialBatch>({
      ...options,
      step: () =>
        adversarialStep({
          encoder: { objective: encoderObjective, optimizer, compile, clipNorm, movingAverage },
          masks: {
            objective: maskObjective,
            optimizer: maskOptimizer,
            compile,
            clipNorm: maskClipNorm,
            schedule: maskSchedule,
          },
        }),
      variables: () => ({
        model: [...encoderObjective.variables(), ...maskObjective.variables()],
        optimizer: [...optimizer.variables(), ...maskOptimizer.variables()],
        average: movingAverage?.variables(),
      }),
      async batch(epoch, batchInEpoch) {
        const { first, second } = await options.views(epoch, batchInEpoch);
        if (!oneMaskPerImage) return { first, second };
        const rng = createRng(seed).split('chosen', epoch, batchInEpoch);
        const drawn = Int32Array.from({ length: first.shape[0] }, () => rng.integer(masks.maskCount));
        const chosen = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(drawn, 'int32'), masks.maskCount), 'float32'));
        return { first, second, chosen: chosen as tf.Tensor2D };
      },
      configuration: {
        model: model.name,
        maskCount: masks.maskCount,
        penaltyWeight,
        entropyWeight,
        oneMaskPerImage,
        seed,
        ...configuration,
      },
      onProgress(progress) {
        guard.check(progress.step, progress.metrics.maskLoss!, progress.metrics.maskGradientNorm!);
        return options.onProgress?.(progress);
      },
    });
  } finally {
    if (options.optimizer === undefined) optimizer.dispose();
    if (options.maskOptimizer === undefined) maskOptimizer.dispose();
  }
}
