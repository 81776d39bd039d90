// Encoders, baselines and learned parts over seeds, all scored on the same held-out images.

import { join } from 'node:path';

import {
  createPredictor,
  type EncoderModel,
  evaluatePredictions,
  type FeatureStore,
  featureStore,
  loadEncoder,
  type PredictorOptions,
  predictParts,
  type StageOptions,
  showParts,
  trainEncoder,
  trainParts,
} from '@semmae/cli';
import { type ImageDataset, subset } from '@semmae/data';
import type { PartEvaluation } from '@semmae/parts';

import { type Cell, cell } from './cell';
import type { StudyOptions } from './options';
import { ablations, ourVariant, paperVariant, placedVariant, type Variant } from './variants';

export interface StudyContext {
  options: StudyOptions;
  train: ImageDataset;
  heldOut: ImageDataset;
  stage: StageOptions;
}

/** What no encoder and no learning gives, and what only knowing gives. */
const baselines: readonly { name: string; options: Omit<PredictorOptions, 'encoder'> }[] = [
  { name: 'attention heads', options: { method: 'attention-heads' } },
  { name: 'k-means, output', options: { method: 'k-means', tokens: 'output' } },
  { name: 'k-means, keys', options: { method: 'k-means', tokens: 'qk' } },
  {
    name: 'k-means, keys with place',
    options: { method: 'k-means', tokens: 'qk', standardizeTokens: true, placeWeight: 4 },
  },
  { name: 'k-means, colour and place', options: { method: 'colour' } },
  { name: 'grid 2x3', options: { method: 'grid' } },
  { name: 'random', options: { method: 'random' } },
  { name: 'ground truth per patch', options: { method: 'ground-truth' } },
];

/** All cells of one seed; what is already in the folder is read, not computed. */
export async function studySeed(context: StudyContext, seed: number): Promise<Cell[]> {
  const { options, train, stage } = context;
  const { out, recipe, encoderSteps: steps, imageSize } = options;
  const folder = join(out, `encoder-${seed}`);
  const encoder =
    options.encoder === undefined
      ? await trainEncoder({ ...stage, data: train, recipe, steps, seed, folder })
      : await loadEncoder(options.encoder);
  const stores = new Map<string, FeatureStore>();
  const features = async (tokens: 'output' | 'qk') => {
    const store = stores.get(tokens) ?? (await featureStore({ ...stage, encoder, data: train, tokens, imageSize }));
    stores.set(tokens, store);
    return store;
  };
  const cells: Cell[] = [];
  for (const { name, options: predictor } of baselines) {
    cells.push(
      await cell(out, { method: name, seed }, () =>
        evaluate(context, { ...predictor, ...stage, encoder, training: train, imageSize, seed }),
      ),
    );
  }
  const variants = [paperVariant, ourVariant, placedVariant, ...(options.ablations ? ablations : [])];
  for (const variant of variants) {
    cells.push(
      await cell(out, { method: variant.name, seed }, () => learn(context, { encoder, features, variant, seed })),
    );
  }
  encoder.encoder.dispose();
  return cells;
}

async function learn(
  context: StudyContext,
  {
    encoder,
    features,
    variant: { name, options: variant },
    seed,
  }: {
    encoder: EncoderModel;
    features: (tokens: 'output' | 'qk') => Promise<FeatureStore>;
    variant: Variant;
    seed: number;
  },
): Promise<PartEvaluation> {
  const { options, train, heldOut, stage } = context;
  const parts = await trainParts({
    ...stage,
    ...variant,
    encoder,
    data: train,
    features: await features(variant.tokens ?? 'output'),
    steps: options.partSteps,
    learningRate: 3e-3,
    seed,
    folder: join(options.out, 'parts', `${name}, seed ${seed}`),
  });
  const predictor = { ...stage, method: 'learned' as const, encoder, parts };
  const evaluation = await evaluate(context, predictor);
  if (seed === 0) {
    const source = { predictor: await createPredictor(predictor) };
    const out = join(options.out, 'panels', `${name}.png`);
    await showParts({ data: subset(heldOut, everyNth(heldOut.length, 8)), source, out });
    source.predictor.dispose();
  }
  parts.learner.dispose();
  return evaluation;
}

async function evaluate({ heldOut, stage }: StudyContext, options: PredictorOptions): Promise<PartEvaluation> {
  const predictor = await createPredictor(options);
  const predictions = await predictParts(predictor, heldOut, stage);
  const { grid, partCount } = predictor;
  predictor.dispose();
  return evaluatePredictions({ predictions, data: heldOut, grid, partCount });
}

function everyNth(length: number, count: number): number[] {
  return Array.from({ length: Math.min(count, length) }, (_, place) => Math.floor((place * length) / count));
}
