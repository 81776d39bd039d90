// A trained part learner as one file.

import { createPatchGrid, SemmaeError } from '@semmae/core';
import { type PartLearner, type PartLearnerOptions, partLearner } from '@semmae/parts';
import type * as tf from '@tensorflow/tfjs-core';

import type { FeatureGeometry } from '../features/feature-geometry';
import type { EncoderModel } from './encoder-file';
import { assignWeights, readModelFile, writeModelFile } from './model-file';

const format = 'semmae-parts';

/** Which tokens are F of Eq. 2: the encoder's output, or queries and keys of its last block. */
export type TokenSource = 'output' | 'qk';
/** What F_c of Eq. 1 is: the class token, or the mean of the patch tokens. */
export type ClassTokenSource = 'class' | 'mean';

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
  { config, provenance }: Pick<PartsModel, 'config' | 'provenance'>,
): Promise<PartsModel> {
  const hash = await writeModelFile(path, { format, config, provenance }, namedVariables(learner));
  return { learner, config, provenance, hash };
}

/** Throws a SemmaeError of one line when the file is missing, truncated, foreign, or its weights are not those of its configuration. */
export async function loadParts(path: string): Promise<PartsModel> {
  const { tensors, provenance, hash, ...stored } = await readModelFile(path, format);
  const config = stored.config as PartsConfig;
  const learner = createLearner(config);
  try {
    assignWeights(path, tensors, namedVariables(learner));
  } catch (error) {
    learner.dispose();
    throw error;
  }
  return { learner, config, provenance: provenance as PartsProvenance, hash };
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

/** Without the running numbers that tfjs appends to names. */
function namedVariables(learner: PartLearner): Map<string, tf.Variable> {
  return new Map(learner.variables().map((variable) => [variable.name.replace(/_\d+$/, ''), variable]));
}
