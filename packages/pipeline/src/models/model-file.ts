// Files of trained models: weights, what they are the weights of, and where they come from.

import { readSafetensors, type StoredTensor, tensorHash, writeSafetensors } from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

export interface ModelFile {
  /** What kind of model: 'semmae-encoder'. */
  format: string;
  /** How to build it, as plain JSON. */
  config: unknown;
  /** What is known about how it was made, as plain JSON. */
  provenance: unknown;
}

const formatVersion = '1';

/** Writes the tensors by name. Gives the SHA-256 of the weights, which is in the file too. */
export async function writeModelFile(
  path: string,
  { format, config, provenance }: ModelFile,
  weights: ReadonlyMap<string, tf.Tensor>,
): Promise<string> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, weight] of weights) {
    tensors.set(name, { shape: weight.shape, values: Float32Array.from(await weight.data<'float32'>()) });
  }
  const hash = tensorHash(tensors);
  const metadata = {
    format,
    version: formatVersion,
    config: JSON.stringify(config),
    provenance: JSON.stringify(provenance),
    sha256: hash,
  };
  await writeSafetensors(path, { tensors, metadata });
  return hash;
}

export interface StoredModel {
  tensors: ReadonlyMap<string, StoredTensor>;
  config: unknown;
  provenance: unknown;
  /** SHA-256 of the weights. */
  hash: string;
}

/** Throws a SemmaeError for a file that is missing, damaged, of another kind or of another version. */
export async function readModelFile(path: string, format: string): Promise<StoredModel> {
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata.format !== format) {
    throw problem(path, `the file must be of the kind ${format}`, metadata.format ?? 'another kind of file');
  }
  if (metadata.version !== formatVersion) {
    throw problem(path, `the file must have format version ${formatVersion}`, metadata.version);
  }
  const hash = tensorHash(tensors);
  if (hash !== metadata.sha256) {
    throw problem(path, 'the file must hold the weights that were written', 'another checksum', 'it is damaged');
  }
  return { tensors, config: parse(path, metadata.config), provenance: parse(path, metadata.provenance), hash };
}

/** Assigns the weights to the variables of the same names; nothing is assigned unless all of them fit. */
export function assignWeights(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  for (const [name, { shape }] of variables) {
    const stored = tensors.get(name);
    const text = (extents: readonly number[]) => `[${extents.join(', ')}]`;
    if (stored !== undefined && text(stored.shape) === text(shape) && stored.values instanceof Float32Array) continue;
    const got = stored === undefined ? 'no such weight' : `${stored.values.constructor.name} ${text(stored.shape)}`;
    throw problem(path, `${name} must be float32 ${text(shape)}`, got, 'the file and its configuration do not agree');
  }
  for (const name of tensors.keys()) {
    if (!variables.has(name)) throw problem(path, 'every weight must belong to the model', `${name}, which does not`);
  }
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(tf.tensor(tensors.get(name)!.values, variable.shape)));
  }
}

function parse(path: string, json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch (cause) {
    throw problem(path, 'its metadata must be JSON', cause);
  }
}

function problem(where: string, requirement: string, got: unknown, remedy?: string): SemmaeError {
  return new SemmaeError({ where, requirement, got, remedy });
}
