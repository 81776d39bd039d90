// A trained part learner as one file.

import type { StoredTensor } from '@semmae/checkpoints';
import { createPatchGrid, SemmaeError } from '@semmae/core';
import { type PartLearner, type PartLearnerOptions, partLearner } from '@semmae/parts';
import * as tf from '@tensorflow/tfjs-core';

import type { FeatureGeometry } from '../features/feature-geometry';
import type { EncoderModel } from './encoder-file';
import { assignWeights, readModelFile, writeModelFile } from './model-file';

const format = 'semmae-parts';
const queryName = 'query';

/** Which tokens are F of Eq. 2: the encoder's output, or queries and keys of its last block. */
export type TokenSource = 'output' | 'qk';
/**
 * What F_c is: the class token, or the mean of the patch tokens. With 'shared' Eq. 1-2 ask all images with one vector, the mean
 * over the data set of the mean patch tokens, so that a part means the same in all; the decoder has the mean of each image.
 */
export type ClassTokenSource = 'class' | 'mean' | 'shared';

/** Everything that a learner needs to be built again. */
export interface PartsConfig {
  encoder: { id: string; hash: string };
  /** How images become tokens. */
  geometry: FeatureGeometry;
  tokens: TokenSource;
  classTokenSource: ClassTokenSource;
  /** All options but the grids, which the geometry has. */
  learner: Omit<PartLearnerOptions, 'grid' | 'mapGrid'>;
}

export interface PartsProvenance {
  data: string;
  imageCount: number;
  steps: number;
  batchSize: number;
}

export interface PartsModel {
  learner: PartLearner;
  config: PartsConfig;
  provenance: PartsProvenance;
  /** What asks all images for their parts with the source 'shared', [C]; in the file as `query`. */
  query?: Float32Array;
  /** SHA-256 of the weights. */
  hash: string;
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
  { config, provenance, query }: Pick<PartsModel, 'config' | 'provenance' | 'query'>,
): Promise<PartsModel> {
  const weights = new Map<string, tf.Tensor>(namedVariables(learner));
  const stored = query && tf.tensor1d(query);
  if (stored !== undefined) weights.set(queryName, stored);
  try {
    const hash = await writeModelFile(path, { format, config, provenance }, weights);
    return { learner, config, provenance, query, hash };
  } finally {
    stored?.dispose();
  }
}

/** Throws a SemmaeError of one line when the file is missing, truncated, foreign, or its weights are not those of its configuration. */
export async function loadParts(path: string): Promise<PartsModel> {
  const { tensors, provenance, hash, ...stored } = await readModelFile(path, format);
  const config = stored.config as PartsConfig;
  const { query, weights } = takeQuery(path, config, tensors);
  const learner = createLearner(config);
  try {
    assignWeights(path, weights, namedVariables(learner));
  } catch (error) {
    learner.dispose();
    throw error;
  }
  return { learner, config, provenance: provenance as PartsProvenance, query, hash };
}

/** Throws unless the parts were learned on the features of this encoder. */
export function assertEncoderOf(parts: Pick<PartsModel, 'config'>, encoder: Pick<EncoderModel, 'id' | 'hash'>): void {
  const wanted = parts.config.encoder;
  if (wanted.hash === encoder.hash) return;
  throw new SemmaeError({
    where: '--parts',
    requirement: `the parts were learned with the encoder ${short(wanted)}`,
    got: short(encoder),
    remedy: 'pass that encoder, or learn parts with this one',
  });
}

function short({ id, hash }: { id: string; hash: string }): string {
  return `${hash.slice(0, 12)} (${id})`;
}

/** Tells the query from the weights of the learner. */
function takeQuery(
  path: string,
  { classTokenSource, learner }: PartsConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
): { query?: Float32Array; weights: ReadonlyMap<string, StoredTensor> } {
  if (classTokenSource !== 'shared') return { weights: tensors };
  const weights = new Map(tensors);
  weights.delete(queryName);
  const values = tensors.get(queryName)?.values;
  if (values instanceof Float32Array && values.length === learner.channels) return { query: values, weights };
  throw new SemmaeError({
    where: path,
    requirement: `${queryName} must be float32 [${learner.channels}], as the class token is shared`,
    got: values === undefined ? 'no such tensor' : `${values.constructor.name} [${values.length}]`,
    remedy: 'the file and its configuration do not agree',
  });
}

/** Without the running numbers that tfjs appends to names. */
function namedVariables(learner: PartLearner): Map<string, tf.Variable> {
  return new Map(learner.variables().map((variable) => [variable.name.replace(/_\d+$/, ''), variable]));
}
