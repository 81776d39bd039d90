// The work on one encoder with one seed: features shared by trainings, predictions, scores.

import { join } from 'node:path';
import { type ImageDataset, subset } from '@semmae/data';
import type { PartEvaluation } from '@semmae/parts';
import {
  createPredictor,
  type EncoderModel,
  evaluatePredictions,
  type FeatureStore,
  featureStore,
  learnParts,
  type PredictorOptions,
  partRecipe,
  predictParts,
  showParts,
  type TokenSource,
} from '@semmae/pipeline';

import type { PlannedCell } from './plan';
import type { StudyContext } from './study-context';
import type { Variant } from './variants';

/** Training images whose masks serve the regression of landmarks, and held-out ones on a panel. */
const [landmarkImages, panelImages] = [100, 16];

export interface SeedBench {
  compute(cell: PlannedCell): Promise<PartEvaluation>;
  /** Disposes the encoder too. */
  dispose(): void;
}

export function seedBench(context: StudyContext, encoder: EncoderModel, seed: number): SeedBench {
  const { options, train, stage } = context;
  const { imageSize } = options;
  const stores = new Map<TokenSource, FeatureStore>();
  const features = async (tokens: TokenSource) => {
    const store = stores.get(tokens) ?? (await featureStore({ ...stage, encoder, data: train, tokens, imageSize }));
    stores.set(tokens, store);
    return store;
  };
  return {
    async compute({ work }) {
      if ('variant' in work) {
        return learn(context, {
          encoder,
          seed,
          variant: work.variant,
          features: await features(tokensOf(work.variant)),
        });
      }
      const predictor = { ...work.baseline.options, ...stage, encoder, training: train, imageSize, seed };
      return evaluate(context, predictor);
    },
    dispose() {
      for (const store of stores.values()) store.dispose();
      encoder.encoder.dispose();
    },
  };
}

function tokensOf({ options: { tokens = 'output' } }: Variant): TokenSource {
  return tokens;
}

interface Learning {
  encoder: EncoderModel;
  seed: number;
  variant: Variant;
  features: FeatureStore;
}

async function learn(context: StudyContext, { encoder, seed, variant, features }: Learning): Promise<PartEvaluation> {
  const { options, train, heldOut, stage } = context;
  const parts = await learnParts({
    ...stage,
    ...variant.options,
    encoder,
    data: train,
    features,
    steps: options.partSteps,
    learningRate: partRecipe.learningRate,
    seed,
    out: join(options.out, 'parts', `${variant.name}, seed ${seed}`),
  });
  const predictor = { ...stage, method: 'learned' as const, encoder, parts };
  const evaluation = await evaluate(context, predictor);
  if (seed === 0) {
    const out = join(options.out, 'panels', `${variant.name}.png`);
    await showParts({ ...predictor, data: heldOut, images: panelImages, out });
  }
  parts.learner.dispose();
  return evaluation;
}

async function evaluate({ train, heldOut, stage }: StudyContext, options: PredictorOptions): Promise<PartEvaluation> {
  const predictor = await createPredictor(options);
  try {
    const { grid, partCount } = predictor;
    const data = some(train, landmarkImages);
    const landmarkTraining = { predictions: await predictParts(predictor, data, { ...stage, mirrored: false }), data };
    const predictions = await predictParts(predictor, heldOut, stage);
    return await evaluatePredictions({ predictions, data: heldOut, landmarkTraining, grid, partCount });
  } finally {
    predictor.dispose();
  }
}

/** `count` images, evenly spaced over the data set. */
function some(data: ImageDataset, count: number): ImageDataset {
  const length = Math.min(count, data.length);
  return subset(
    data,
    Array.from({ length }, (_, place) => Math.floor((place * data.length) / length)),
  );
}
