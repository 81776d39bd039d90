// The part map of every image, from whatever is there already: a shard, learned parts, an encoder, or nothing but the images.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { type ImageDataset, openPartShard, type PartShard } from '@semmae/data';
import type { MaskingGuidance } from '@semmae/masking';

import type { EncoderModel } from '../models/encoder-file';
import { loadEncoder } from '../models/load-model';
import { describeParts, loadParts, type PartsModel } from '../models/parts-file';
import { createPredictor } from '../predictors/create-predictor';
import { encoderBeside, stageNames } from '../runs/run-folder';
import type { StageOptions } from '../runs/stage-options';
import { extractParts } from './extract-parts';
import { type LearnPartsOptions, learnParts } from './learn-parts';

export interface PartMapsOptions extends StageOptions {
  data: ImageDataset;
  /** Where stages that are missing go. */
  folder: string;
  /** A shard; learned parts with their `encoder`; or the folder of a run that has one of them. Default: what `folder` has. */
  parts?: string;
  encoder?: string | EncoderModel;
  /** Makes the encoder where none is given. */
  trainEncoder: () => Promise<EncoderModel>;
  /** What the masks look at: parts, or the scores of patches alone, for which no parts are learned. */
  guidance: Exclude<MaskingGuidance, 'none'>;
  /** Replaces single options of the part learning. */
  learning?: Partial<
    Pick<LearnPartsOptions, 'steps' | 'partCount' | 'batchSize' | 'learningRate' | 'checkpointMinutes'>
  >;
  seed: number;
}

/**
 * What works on few photographs: docs/decisions/0008-parts-need-more-than-pixels.md; with a weak code of the place, the best in
 * docs/results/parts.md.
 */
export const partRecipe = {
  tokens: 'qk',
  standardize: true,
  classToken: 'shared',
  softmaxAxis: 'parts',
  consistencyWeight: 3,
  equivarianceWeight: 3,
  placeWeight: 4,
  decoder: 'tiny',
  steps: 200,
  learningRate: 3e-3,
} as const satisfies Partial<LearnPartsOptions>;

/** Makes the stages that are missing, each of which resumes, and opens the shard. The caller closes it. */
export async function partMaps(options: PartMapsOptions): Promise<PartShard> {
  const own = join(options.folder, stageNames.maps);
  const given = (await shardIn(options.parts)) ?? (options.parts === undefined && existsSync(own) ? own : undefined);
  if (given !== undefined) return openPartShard(given);
  const { data, folder, guidance, learning, seed, signal, onProgress, onWarning, onNote, compile } = options;
  const stage = { signal, onProgress, onWarning, onNote, compile };
  const named = options.encoder ?? encoderBeside(options.parts);
  const encoder =
    typeof named === 'string' ? await loadEncoder(named, stage) : (named ?? (await options.trainEncoder()));
  let parts: PartsModel | undefined;
  try {
    if (guidance === 'parts') {
      parts =
        options.parts === undefined
          ? await learnParts({
              ...partRecipe,
              ...learning,
              ...stage,
              encoder,
              data,
              seed,
              out: join(folder, stageNames.parts),
            })
          : await loadParts(options.parts);
    }
    const method = parts === undefined ? 'attention-heads' : 'learned';
    const predictor = await createPredictor({ method, encoder, parts, training: data, ...stage });
    try {
      await extractParts({ predictor, data, out: own, ...stage });
    } finally {
      predictor.dispose();
    }
  } finally {
    parts?.learner.dispose();
    if (typeof options.encoder !== 'object') encoder.encoder.dispose();
  }
  return openPartShard(own);
}

/** The shard that `path` is, or a run folder holds; undefined where it is or holds learned parts. */
export async function shardIn(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || !existsSync(path)) return path; // a missing file is reported when it is opened
  if (statSync(path).isDirectory()) {
    const shard = join(path, stageNames.maps);
    return existsSync(shard) ? shard : undefined;
  }
  const isLearner = await describeParts(path).then(
    () => true,
    () => false,
  );
  return isLearner ? undefined : path;
}
