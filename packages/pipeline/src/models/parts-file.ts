// A trained part learner as one file.

import type { StoredTensor } from '@semmae/checkpoints';
import { createPatchGrid, SemmaeError } from '@semmae/core';
import {
  type PartLearner,
  type PartLearnerOptions,
  partLearner,
  placeCodeWidth,
  type TokenScaling,
} from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';

import type { FeatureGeometry } from '../features/feature-geometry';
import type { TokenPreparationChoice, TokenSource } from '../features/token-choices';
import type { EncoderModel } from './encoder-file';
import { assignWeights, readModelFile, writeModelFile } from './model-file';
import type { TrainingImages } from './trained-images';

const format = 'semmae-parts';
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
  learner: Omit<PartLearnerOptions, 'grid' | 'mapGrid'>;
}

export interface PartsProvenance extends TrainingImages {
  imageCount: number;
  steps: number;
  batchSize: number;
}

export interface PartsModel {
  learner: PartLearner;
  config: PartsConfig;
  provenance: PartsProvenance;
  /** Of standardized tokens; in the file as `token_mean` and `token_deviation`. */
  scaling?: TokenScaling;
  /** SHA-256 of the weights. */
  hash: string;
}

/** What a parts file says, without building its learner. */
export async function describeParts(path: string): Promise<Pick<PartsModel, 'config' | 'provenance' | 'hash'>> {
  const { config, provenance, hash } = await readModelFile(path, format);
  return { config: config as PartsConfig, provenance: provenance as PartsProvenance, hash };
}

/** The learner of a configuration, with initial weights. */
export function createLearner({ geometry, learner }: PartsConfig): PartLearner {
  const { tokenGrid, mapGrid } = geometry;
  return partLearner({
    ...learner,
    grid: createPatchGrid(tokenGrid.rows, tokenGrid.columns),
    mapGrid: createPatchGrid(mapGrid.rows, mapGrid.columns),
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
    const hash = await writeModelFile(path, { format, config, provenance }, weights);
    return { learner, config, provenance, scaling, hash };
  } finally {
    tf.dispose(stored);
  }
}

/** Throws a SemmaeError of one line when the file is missing, truncated, foreign, or its weights are not those of its configuration. */
export async function loadParts(path: string): Promise<PartsModel> {
  const { tensors, provenance, hash, ...stored } = await readModelFile(path, format);
  const config = stored.config as PartsConfig;
  const { scaling, weights } = takeScaling(path, config, tensors);
  const learner = createLearner(config);
  try {
    assignWeights(path, weights, namedVariables(learner));
  } catch (error) {
    learner.dispose();
    throw error;
  }
  return { learner, config, provenance: provenance as PartsProvenance, scaling, hash };
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

/** Tells the scaling of the tokens from the weights of the learner. */
function takeScaling(
  path: string,
  { standardize = false, placeWeight = 0, learner }: PartsConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
): { scaling?: TokenScaling; weights: ReadonlyMap<string, StoredTensor> } {
  if (!standardize) return { weights: tensors };
  const weights = new Map(tensors);
  const channels = learner.channels - (placeWeight > 0 ? placeCodeWidth : 0);
  const take = (name: string) => {
    const values = tensors.get(name)?.values;
    weights.delete(name);
    if (values instanceof Float32Array && values.length === channels) return values;
    throw new SemmaeError({
      where: path,
      requirement: `${name} must be float32 [${channels}], as the tokens are standardized`,
      got: values === undefined ? 'no such tensor' : `${values.constructor.name} [${values.length}]`,
      remedy: 'the file and its configuration do not agree',
    });
  };
  return { scaling: { mean: take(scalingNames.mean), deviation: take(scalingNames.deviation) }, weights };
}

/** Without the running numbers that tfjs appends to names. */
function namedVariables(learner: PartLearner): Map<string, tf.Variable> {
  return new Map(learner.variables().map((variable) => [variable.name.replace(/_\d+$/, ''), variable]));
}
