// An encoder by masked reconstruction: MAE, and SemMAE where masks follow parts.

import type { BatchMaskingStrategy, MaskingStrategy } from '@semmae/masking';
import { adamW, maeObjective, train } from '@semmae/train';
import { MAEDecoder, ViTEncoder } from '@semmae/vit';

import { maskedImageBatches } from '../batches/masked-image-batches';
import { assignStart, assignStartingDecoder, startingConfig } from '../models/starting-weights';
import type { MaskedImageRecipe } from '../recipes/masked-image-recipe';
import { learningRateOf } from './learning-rate';
import type { TrainedNetwork, TrainingRun } from './training-run';

export interface TrainMaskedAutoencoderOptions extends TrainingRun<MaskedImageRecipe> {
  masking: MaskingStrategy | BatchMaskingStrategy;
}

/** Trains encoder and decoder. `data` has part maps where the masking asks for them. */
export async function trainMaskedAutoencoder(options: TrainMaskedAutoencoderOptions): Promise<TrainedNetwork> {
  const { data, recipe, masking, stepsPerEpoch, pixels, startFrom, seed, settings, workers, onStep, ...run } = options;
  const { size } = recipe.views;
  const { channels, statistics } = pixels;
  const encoder = new ViTEncoder({
    ...recipe.encoder,
    ...{ imageHeight: size, imageWidth: size, seed },
    ...startingConfig(startFrom, recipe),
    channels,
  });
  const { patchSize, grid, width: encoderWidth, prefix } = encoder;
  const prefixTokens = prefix.count;
  const decoder = new MAEDecoder({
    ...recipe.decoder,
    ...{ grid, patchSize, channels, encoderWidth, prefixTokens, seed: seed + 1 },
  });
  assignStart(encoder, startFrom);
  assignStartingDecoder(decoder, startFrom, recipe);
  const objective = maeObjective({ encoder, decoder, normalizePixels: recipe.normalizePixels });
  const { beta2, weightDecay } = recipe;
  const optimizer = adamW({ variables: objective.variables(), beta2, weightDecay });
  const batches = maskedImageBatches({
    ...{ data, recipe, stepsPerEpoch, masking, grid, seed, workers },
    ...{ statistics, onWarning: run.onWarning },
  });
  let finished = false;
  try {
    const { interrupted, completedSteps } = await train({
      ...run,
      objective,
      optimizer,
      schedule: learningRateOf(options),
      epochs: recipe.epochs,
      stepsPerEpoch,
      batch: batches.batch,
      configuration: settings,
      onProgress: (progress) => onStep?.(progress, { encoder, decoder }),
    });
    finished = !interrupted;
    return { encoder, decoder, interrupted, completedSteps };
  } finally {
    await batches.close();
    optimizer.dispose();
    if (!finished) for (const layer of [encoder, decoder]) layer.dispose();
  }
}
