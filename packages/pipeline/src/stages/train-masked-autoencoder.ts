// An encoder by masked reconstruction, as an MAE recipe says.

import { SemmaeError } from '@semmae/core';
import { type MaskingStrategy, randomMasking } from '@semmae/masking';
import { adamW, type MAERecipe, maeObjective, scaledLearningRate, train, warmupCosine } from '@semmae/train';
import { MAEDecoder, ViTEncoder } from '@semmae/vit';
import { maskedCropBatches } from '../batches/masked-crop-batches';
import { assignStart, startingConfig } from '../models/starting-weights';
import type { EncoderRun, TrainedNetwork } from './encoder-run';

export interface TrainMaskedAutoencoderOptions extends EncoderRun<MAERecipe> {
  /** Default: random, with the recipe's ratio. */
  masking?: MaskingStrategy;
}

/** Trains encoder and decoder. */
export async function trainMaskedAutoencoder(options: TrainMaskedAutoencoderOptions): Promise<TrainedNetwork> {
  const { data, recipe, stepsPerEpoch, startFrom, seed, folder, settings, compile, signal, onProgress } = options;
  const masking = options.masking ?? randomMasking({ maskRatio: recipe.maskRatio });
  assertUnguided(masking);
  const { size } = recipe.views;
  const encoder = new ViTEncoder({
    ...recipe.encoder,
    ...{ imageHeight: size, imageWidth: size, seed },
    ...startingConfig(startFrom, recipe),
  });
  const { patchSize, grid, width: encoderWidth } = encoder;
  const decoder = new MAEDecoder({ ...recipe.decoder, grid, patchSize, encoderWidth, seed: seed + 1 });
  assignStart(encoder, startFrom);
  const objective = maeObjective({ encoder, decoder, normalizePixels: recipe.normalizePixels });
  const { beta2, weightDecay } = recipe;
  const optimizer = adamW({ variables: objective.variables(), beta2, weightDecay });
  const totalSteps = recipe.epochs * stepsPerEpoch;
  let finished = false;
  try {
    const { interrupted, completedSteps } = await train({
      objective,
      optimizer,
      schedule: warmupCosine({
        baseLearningRate: scaledLearningRate(recipe.learningRate, recipe.batchSize),
        warmupSteps: Math.min(totalSteps, Math.round(recipe.warmupEpochs * stepsPerEpoch)),
        totalSteps,
      }),
      epochs: recipe.epochs,
      stepsPerEpoch,
      batch: maskedCropBatches({ data, recipe, masking, grid, seed }),
      ...{ folder, configuration: settings, compile, signal },
      onProgress({ step, loss, imagesPerSecond }) {
        const note = `loss ${loss.toFixed(3)}, ${imagesPerSecond.toPrecision(3)} images/s`;
        onProgress?.({
          title: `Training the encoder, ${recipe.name}`,
          done: step,
          total: totalSteps,
          unit: 'steps',
          note,
        });
      },
    });
    finished = !interrupted;
    return { encoder, decoder, interrupted, completedSteps };
  } finally {
    optimizer.dispose();
    if (!finished) for (const network of [encoder, decoder]) network.dispose();
  }
}

function assertUnguided({ name, guidance }: MaskingStrategy): void {
  if (guidance === 'none') return;
  throw new SemmaeError({
    where: 'trainEncoder',
    requirement: 'masking must need no attention or parts',
    got: `${name}, which needs ${guidance}`,
    remedy: 'use randomMasking or blockMasking',
  });
}
