// An encoder against masks that are learned beside it: ADIOS.

import {
  adamW,
  byol,
  maskNetwork,
  type SiameseModel,
  simclr,
  simsiam,
  trainAdversarialMasking,
  vitEmbedder,
} from '@semmae/train';
import { ViTEncoder } from '@semmae/vit';

import { viewPairBatches } from '../batches/view-pair-batches';
import { assignStart, startingConfig } from '../models/starting-weights';
import type { AdversarialRecipe } from '../recipes/adversarial-recipe';
import { learningRateOf } from './learning-rate';
import type { TrainedNetwork, TrainingRun } from './training-run';

/** Trains encoder and mask network against each other and keeps the encoder. */
export async function trainAgainstMasks(options: TrainingRun<AdversarialRecipe>): Promise<TrainedNetwork> {
  const { data, recipe, stepsPerEpoch, pixels, startFrom, seed, settings, workers, onStep, ...run } = options;
  const { channels } = pixels;
  const { size } = recipe.views;
  const sides = { imageHeight: size, imageWidth: size };
  const made: { dispose(): void }[] = [];
  const keep = <T extends { dispose(): void }>(one: T): T => {
    made.unshift(one);
    return one;
  };
  const newEncoder = () => {
    const one = new ViTEncoder({ ...recipe.encoder, ...sides, seed, ...startingConfig(startFrom, recipe), channels });
    assignStart(one, startFrom);
    return one;
  };
  const encoder = newEncoder();
  const embedder = (of: ViTEncoder) => keep(vitEmbedder({ encoder: of, ...recipe.embedding, seed }));
  const { width, hiddenWidth } = recipe.embedding;
  const totalSteps = recipe.epochs * stepsPerEpoch;
  const siamese: Record<AdversarialRecipe['siamese'], () => SiameseModel> = {
    simclr: () => simclr({ embedder: embedder(encoder) }),
    simsiam: () => keep(simsiam({ embedder: embedder(encoder), width, seed })),
    byol: () =>
      keep(
        byol({
          embedder: embedder(encoder),
          target: embedder(keep(newEncoder())),
          width,
          hiddenWidth,
          totalSteps,
          seed,
        }),
      ),
  };
  const { count: maskCount, baseWidth, penaltyWeight } = recipe.masks;
  const batches = viewPairBatches({
    ...{ data, recipe, stepsPerEpoch, seed, workers },
    ...{ statistics: pixels.statistics, onWarning: run.onWarning },
  });
  let finished = false;
  try {
    const model = siamese[recipe.siamese]();
    const masks = keep(maskNetwork({ ...sides, channels, maskCount, baseWidth, seed }));
    encoder.variables(); // builds it
    const optimizer = keep(adamW({ variables: model.variables(), weightDecay: recipe.weightDecay }));
    const { interrupted, completedSteps } = await trainAdversarialMasking({
      ...run,
      ...{ model, masks, penaltyWeight, optimizer, stepsPerEpoch, seed },
      views: batches.batch,
      schedule: learningRateOf(options),
      epochs: recipe.epochs,
      configuration: settings,
      onProgress: (progress) => onStep?.(progress, { encoder, masks }),
    });
    finished = !interrupted;
    return { encoder, interrupted, completedSteps };
  } finally {
    await batches.close();
    for (const one of made) one.dispose();
    if (!finished) encoder.dispose();
  }
}
