// A trained part learner as one file.

import type { SafetensorsFile } from '@semmae/checkpoints';
import { createPatchGrid, SemmaeError } from '@semmae/core';
import {
  type PartLearner,
  type PartLearnerOptions,
  partLearner,
  placeCodeWidth,
  placeFrames,
  type TokenScaling,
} from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

import type { FeatureGeometry } from '../features/feature-geometry';
import { keepsSome, keptCountOf } from '../features/kept-patches';
import type { TokenPreparationChoice, TokenSource } from '../features/token-choices';
import { stageNames } from '../runs/run-folder';
import type { EncoderModel } from './encoder-file';
import { buildFrom, modelHash, useModelFile, writeModelFile } from './model-file';
import type { TrainingImages } from './trained-images';

const scalingNames = { mean: 'token_mean', deviation: 'token_deviation' } as const;

/**
 * What F_c is: the class token, or the mean of the patch tokens. With 'shared' F_c of Eq. 1-2 is a vector of ones for all images:
 * the gates become P learned queries, so that a part means the same in all. The decoder has the mean token of each image.
 */
export type ClassTokenSource = 'class' | 'mean' | 'shared';

/** Everything that a learner needs to be built again. */
export interface PartsConfig extends TokenPreparationChoice {
  encoder: { id: string; hash: string };
  /** How images become tokens. */
  geometry: FeatureGeometry;
  tokens: TokenSource;
  classTokenSource: ClassTokenSource;
  /** All options but the grids, which the geometry has. */
  learner: Omit<PartLearnerOptions, 'grid' | 'mapGrid' | 'keptCount'>;
}

export interface PartsProvenance extends TrainingImages {
  imageCount: number;
  steps: number;
  batchSize: number;
}

export interface PartsModel {
  learner: PartLearner;
  config: PartsConfig;
  provenance?: PartsProvenance;
  /** Of standardized tokens; in the file as `token_mean` and `token_deviation`. */
  scaling?: TokenScaling;
  /** SHA-256 of configuration and weights. */
  hash: string;
}

const count = z
  .int()
  .min(0)
  .max(2 ** 31);
const size = z.strictObject({ height: count, width: count });
const grid = z.strictObject({ rows: count, columns: count });
const kind = {
  format: 'semmae-parts/1',
  name: 'parts.safetensors',
  stage: stageNames.parts,
  config: z.looseObject({
    encoder: z.object({ id: z.string(), hash: z.string() }),
    geometry: z.looseObject({
      imageSize: size,
      feed: size,
      patchStride: z.union([count, size]),
      tokenGrid: grid,
      mapGrid: grid,
    }),
    tokens: z.enum(['output', 'qk']),
    classTokenSource: z.enum(['class', 'mean', 'shared']),
    standardize: z.boolean().optional(),
    placeWeight: z.number().optional(),
    placeFrame: z.enum(placeFrames).optional(),
    keptShare: z.number().min(0.01).max(1).optional(),
    learner: z.looseObject({ channels: count, partCount: count.optional(), seed: z.int() }),
  }) as unknown as z.ZodType<PartsConfig>,
  provenance: z.looseObject({
    ...{ data: z.string(), trainedImages: z.string().optional(), imageCount: count, steps: count, batchSize: count },
  }),
};

/** What a parts file says, or that of a run folder, without building its learner. */
export function describeParts(path: string): Promise<Pick<PartsModel, 'config' | 'provenance' | 'hash'>> {
  return useModelFile(path, kind, ({ config, provenance, hash }) => ({ config, provenance, hash }));
}

/** The learner of a configuration, with initial weights. */
export function createLearner({ geometry, learner, keptShare }: PartsConfig): PartLearner {
  const { tokenGrid, mapGrid } = geometry;
  return partLearner({
    ...learner,
    grid: createPatchGrid(tokenGrid.rows, tokenGrid.columns),
    mapGrid: createPatchGrid(mapGrid.rows, mapGrid.columns),
    keptCount: keepsSome(keptShare) ? keptCountOf(keptShare, geometry) : undefined,
  });
}

/** Writes weights, configuration and `provenance` to `path`, whole or not at all. */
export async function saveParts(
  path: string,
  learner: PartLearner,
  { config, provenance, scaling }: Pick<PartsModel, 'config' | 'provenance' | 'scaling'>,
): Promise<PartsModel> {
  const weights = new Map<string, tf.Tensor>(namedVariables(learner));
  const stored: tf.Tensor[] = [];
  for (const key of ['mean', 'deviation'] as const) {
    if (scaling === undefined) break;
    const tensor = tf.tensor1d(scaling[key]);
    stored.push(tensor);
    weights.set(scalingNames[key], tensor);
  }
  try {
    const hash = await modelHash(config, weights);
    await writeModelFile(path, { format: kind.format, config, provenance, hash }, weights);
    return { learner, config, provenance, scaling, hash };
  } finally {
    tf.dispose(stored);
  }
}

/**
 * The learner of a parts file, or of the run folder that holds one. Throws a SemmaeError of one line when the file is missing, damaged
 * or foreign, or its weights are not those of its configuration.
 */
export function loadParts(path: string): Promise<PartsModel> {
  return useModelFile(path, kind, async ({ file, config, provenance, hash }) => {
    const scaling = await readScaling(file, config);
    const entries = new Map(file.entries);
    if (scaling !== undefined) for (const name of Object.values(scalingNames)) entries.delete(name);
    const learner = await buildFrom({ ...file, entries }, () => createLearner(config), namedVariables);
    return { learner, config, provenance, scaling, hash };
  });
}

/** Throws unless the parts were learned on the features of this encoder. */
export function assertEncoderOf(parts: Pick<PartsModel, 'config'>, encoder: Pick<EncoderModel, 'id' | 'hash'>): void {
  const wanted = parts.config.encoder;
  if (wanted.hash === encoder.hash) return;
  throw new SemmaeError({
    where: '`parts`',
    requirement: `the parts were learned with the encoder ${short(wanted)}`,
    got: short(encoder),
    remedy: 'pass that encoder, or learn parts with this one',
  });
}

function short({ id, hash }: { id: string; hash: string }): string {
  return `${hash.slice(0, 12)} (${id})`;
}

async function readScaling(
  file: SafetensorsFile,
  { standardize = false, placeWeight = 0, learner }: PartsConfig,
): Promise<TokenScaling | undefined> {
  if (!standardize) return undefined;
  const channels = learner.channels - (placeWeight > 0 ? placeCodeWidth : 0);
  const read = async (name: string) => {
    const { dtype, shape } = file.entries.get(name) ?? {};
    if (dtype === 'F32' && shape?.join() === String(channels)) return (await file.read(name)) as Float32Array;
    throw new SemmaeError({
      where: file.path,
      requirement: `${name} must be F32 [${channels}], as the tokens are standardized`,
      got: dtype === undefined ? 'no such tensor' : `${dtype} [${shape}]`,
      remedy: 'the file and its configuration do not agree',
    });
  };
  return { mean: await read(scalingNames.mean), deviation: await read(scalingNames.deviation) };
}

/** Without the running numbers that tfjs appends to names. */
function namedVariables(learner: PartLearner): Map<string, tf.Variable> {
  return new Map(learner.variables().map((variable) => [variable.name.replace(/_\d+$/, ''), variable]));
}
