// An encoder against masks that are learned beside it: ADIOS.

import { createRng } from '@semmae/core';
import { epochOrder, type ImageDataset, multiCrop, nextReadable } from '@semmae/data';
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
import * as tf from '@tensorflow/tfjs-core';

import { assignStart, startingConfig } from '../models/starting-weights';
import type { AdversarialRecipe } from '../recipes/adversarial-recipe';
import { learningRateOf } from './learning-rate';
import type { TrainedNetwork, TrainingRun } from './training-run';

/** Trains encoder and mask network against each other and keeps the encoder. */
export async function trainAgainstMasks(options: TrainingRun<AdversarialRecipe>): Promise<TrainedNetwork> {
  const { data, recipe, stepsPerEpoch, pixels, startFrom, seed, settings, onStep, ...run } = options;
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
  let finished = false;
  try {
    const model = siamese[recipe.siamese]();
    const masks = keep(maskNetwork({ ...sides, channels, maskCount, baseWidth, seed }));
    encoder.variables(); // builds it
    const optimizer = keep(adamW({ variables: model.variables(), weightDecay: recipe.weightDecay }));
    const { interrupted, completedSteps } = await trainAdversarialMasking({
      ...run,
      ...{ model, masks, penaltyWeight, optimizer, stepsPerEpoch, seed },
      views: viewPairs(data, recipe, seed, pixels),
      schedule: learningRateOf(options),
      epochs: recipe.epochs,
      configuration: settings,
      onProgress: (progress) => onStep?.(progress, { encoder, masks }),
    });
    finished = !interrupted;
    return { encoder, interrupted, completedSteps };
  } finally {
    for (const one of made) one.dispose();
    if (!finished) encoder.dispose();
  }
}

/** Two crops of each image, mirrored, colors jittered: a pure function of epoch and batch. */
function viewPairs(
  data: ImageDataset,
  { views: { size, scale }, batchSize }: AdversarialRecipe,
  seed: number,
  { channels, statistics }: TrainingRun<AdversarialRecipe>['pixels'],
) {
  const rng = createRng(seed).split('view pairs');
  const length = size * size * channels;
  return async (epoch: number, batchInEpoch: number): Promise<{ first: tf.Tensor4D; second: tf.Tensor4D }> => {
    const start = batchInEpoch * batchSize;
    const order = epochOrder(rng, epoch, data.length).subarray(start, start + batchSize);
    const pair = [0, 1].map(() => new Float32Array(batchSize * length));
    for (const [place, index] of order.entries()) {
      const globals = pair.map((all) => all.subarray(place * length, (place + 1) * length));
      const crops = { globalSize: size, globalScale: scale, localCount: 0, blur: false as const, statistics };
      const { image } = await nextReadable(data, index);
      multiCrop(image, rng.split('crops', epoch, index), { ...crops, into: { globals } });
    }
    const [first, second] = pair.map((all) => tf.tensor4d(all, [batchSize, size, size, channels]));
    return { first: first!, second: second! };
  };
}
