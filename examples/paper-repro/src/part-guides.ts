// Stage A: an encoder, parts on its frozen features, and a shard of maps for every guide that a strategy asks for.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import {
  createPredictor,
  type EncoderModel,
  evaluatePredictions,
  extractParts,
  learnParts,
  type PartMethod,
  type PartPredictor,
  type PartsModel,
  partRecipe,
  predictParts,
  pretrain,
  type StageOptions,
} from '@semmae/pipeline';

import type { ReproImages } from './images';
import { onceIn } from './once';
import type { Preset } from './presets';
import type { GuideScores } from './results';
import type { Guide } from './strategies';

export interface PartGuidesOptions {
  images: ReproImages;
  preset: Preset;
  folder: string;
  guides: readonly Guide[];
  stage: StageOptions;
}

export interface PartGuides {
  encoder: EncoderModel;
  parts: PartsModel;
  /** Against the true parts of the held-out images; empty where there are none. */
  scores: GuideScores[];
  /** Predicts as the learned guide does. The caller disposes it. */
  predictor: PartPredictor;
}

/** A seed apart from those of the compared models. */
const partEncoderSeed = 1000;

const methods: Record<Guide, PartMethod> = {
  learned: 'learned',
  truth: 'ground-truth',
  'k-means': 'k-means',
  heads: 'attention-heads',
  grid: 'grid',
};

/** Path of the shard of a guide in the run folder. */
export function shardOf(folder: string, guide: Guide): string {
  return join(folder, 'part-maps', `${guide}.safetensors`);
}

export async function partGuides({ images, preset, folder, guides, stage }: PartGuidesOptions): Promise<PartGuides> {
  const encoder = await pretrain({
    ...stage,
    recipe: preset.partEncoder,
    data: images.pretrain,
    steps: preset.steps.partEncoder,
    seed: partEncoderSeed,
    out: join(folder, 'part-encoder'),
  });
  const parts = await learnParts({
    ...partRecipe,
    ...stage,
    ...preset.parts,
    encoder,
    data: images.pretrain,
    steps: preset.steps.parts,
    out: join(folder, 'parts'),
  });
  const predictorOf = (guide: Guide) => {
    const { tokens, standardize, placeWeight, placeFrame } = { ...partRecipe, ...preset.parts };
    const ofClusters = { tokens, standardize, placeWeight, placeFrame };
    return createPredictor({
      method: methods[guide],
      encoder,
      parts,
      training: images.pretrain,
      ...ofClusters,
      ...stage,
    });
  };
  const learned = await predictorOf('learned');
  const scores: GuideScores[] = [];
  for (const guide of guides) {
    const out = shardOf(folder, guide);
    const scoresFile = join(folder, 'part-maps', `${guide}.json`);
    if (existsSync(out) && (existsSync(scoresFile) || !images.hasParts)) {
      if (images.hasParts) scores.push(await onceIn<GuideScores>(scoresFile, never));
      continue;
    }
    const predictor = await predictorOf(guide);
    try {
      const scored = guide === 'truth' || guide === 'heads' ? withScoresOf(learned, predictor) : predictor;
      await extractParts({ predictor: scored, data: images.pretrain, out, ...stage });
      if (images.hasParts) scores.push(await onceIn(scoresFile, () => scoreGuide(guide, predictor, images, stage)));
    } finally {
      predictor.dispose();
    }
  }
  return { encoder, parts, scores, predictor: learned };
}

/** The parts of one predictor with the foreground scores of another, so that the same patches are kept by every guide. */
function withScoresOf(scores: PartPredictor, parts: PartPredictor): PartPredictor {
  return {
    ...parts,
    async predict(images, mirrored) {
      const [scored, found] = [await scores.predict(images, mirrored), await parts.predict(images, mirrored)];
      return found.map((one, place) => ({ ...one, saliency: scored[place]!.saliency! }));
    },
  };
}

async function scoreGuide(
  guide: Guide,
  predictor: PartPredictor,
  { test }: ReproImages,
  stage: StageOptions,
): Promise<GuideScores> {
  const predictions = await predictParts(predictor, test, { ...stage, mirrored: false });
  const { grid, partCount } = predictor;
  const { foreground, everywhere } = await evaluatePredictions({ predictions, data: test, grid, partCount });
  const { nmi, ari } = everywhere!;
  return { guide, fgNmi: foreground?.nmi ?? null, fgAri: foreground?.ari ?? null, nmi, ari };
}

function never(): never {
  throw new Error('the file is there');
}
