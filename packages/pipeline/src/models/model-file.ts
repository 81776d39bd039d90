// What the files of models have in common: weights, how to build what they are the weights of, a hash by which others know it.

import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import {
  jsonEntry,
  openSafetensors,
  type SafetensorsFile,
  type TensorFile,
  writeSafetensors,
} from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';
import { makeWritableFolder, orUnwritable } from '@semmae/core/files';
import { restoreVariables, storedVariables } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import type { ZodType } from 'zod';

export interface ModelFile {
  /** Kind and version: 'semmae-model/1'. */
  format: string;
  /** How to build the model, as plain JSON. */
  config: unknown;
  /** What is known about how it was made, as plain JSON. */
  provenance?: unknown;
  /** Where weights of another project come from, as plain JSON. */
  origin?: unknown;
  /** What an encoder wants of its images, as plain JSON. */
  preprocessing?: unknown;
  /** Of configuration and weights; `modelHash`. */
  hash: string;
}

/** SHA-256 of a configuration and of the names, types, shapes and values of its weights, whatever their order. */
export async function modelHash(config: unknown, weights: ReadonlyMap<string, tf.Tensor>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(config));
  for (const name of [...weights.keys()].sort()) {
    const { dtype, shape } = weights.get(name)!;
    const values = await weights.get(name)!.data();
    hash
      .update(`\n${JSON.stringify([name, dtype, shape])}\n`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

/** Writes the tensors by name, with a checksum over all of the file, whole or not at all. */
export async function writeModelFile(
  path: string,
  { format, config, hash, ...about }: ModelFile,
  weights: ReadonlyMap<string, tf.Tensor>,
): Promise<void> {
  const metadata: Record<string, string> = { format, hash, config: JSON.stringify(config) };
  for (const [key, value] of Object.entries(about)) if (value !== undefined) metadata[key] = JSON.stringify(value);
  makeWritableFolder(dirname(path), { where: path, remedy: 'choose another place' });
  await orUnwritable({ where: 'models', path }, () =>
    writeSafetensors(path, storedVariables(weights), { metadata, checksum: true }),
  );
}

export interface OpenModelFile<Config, Provenance> {
  file: SafetensorsFile;
  config: Config;
  provenance: Provenance | undefined;
  hash: string;
}

/** Files of ours say what they are: models, parts, trainings, part maps. */
export function isWrittenHere({ metadata }: Pick<TensorFile, 'metadata'>): boolean {
  return metadata.format?.startsWith('semmae-') ?? false;
}

/**
 * Hands a model file to `use`, verified and open. `path` may be the run folder that ends with the file `name`, or the one whose
 * stage `stage` does.
 *
 * Throws a SemmaeError of one line for a file that is missing, damaged or of another kind, and for a configuration of other types.
 */
export async function useModelFile<Config, Provenance, Result>(
  path: string,
  kind: { format: string; name: string; stage?: string; config: ZodType<Config>; provenance: ZodType<Provenance> },
  use: (opened: OpenModelFile<Config, Provenance>) => Result | Promise<Result>,
): Promise<Result> {
  const { format, name, stage } = kind;
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const ofStage = stage !== undefined && isFolder && !existsSync(join(path, name)) && existsSync(join(path, stage));
  const folder = ofStage ? join(path, stage) : path;
  const file = await openSafetensors(isFolder ? join(folder, name) : path, { format, verify: true });
  try {
    const { hash = '', provenance } = file.metadata;
    return await use({
      file,
      config: parseEntry(file, 'config', kind.config),
      provenance: provenance === undefined ? undefined : parseEntry(file, 'provenance', kind.provenance),
      hash,
    });
  } finally {
    file.close();
  }
}

/** An entry of the metadata, as JSON of the wanted types; throws a SemmaeError of one line. */
export function parseEntry<T>(file: SafetensorsFile, key: string, type: ZodType<T>): T {
  const { data, error } = type.safeParse(jsonEntry(file, key));
  if (error === undefined) return data;
  const [{ path: steps, message }] = error.issues as [(typeof error.issues)[number]];
  const requirement = `its ${[key, ...steps].join('.')} must be sound`;
  throw new SemmaeError({ where: file.path, requirement, got: message });
}

/** Throws a SemmaeError of one line unless there is a backend of tfjs. */
export async function backendFor(path: string): Promise<void> {
  await tf.ready().catch((cause) => {
    const remedy = "call selectBackend('cpu'), or import a backend of tfjs, first";
    const requirement = 'a backend must be there for its weights';
    throw new SemmaeError({ where: path, requirement, got: 'none', remedy, cause });
  });
}

/** Builds with `create` what a file is of, and gives it the file's weights. */
export async function buildFrom<Model extends { dispose(): unknown }>(
  file: Pick<SafetensorsFile, 'path' | 'entries' | 'read'>,
  create: () => Model,
  variablesOf: (model: Model) => ReadonlyMap<string, tf.Variable>,
): Promise<Model> {
  await backendFor(file.path);
  let model: Model | undefined;
  try {
    model = create();
    await restoreVariables(file, variablesOf(model), 'the file and its configuration do not agree');
    return model;
  } catch (cause) {
    model?.dispose();
    if (SemmaeError.isInstance(cause) && cause.where === file.path) throw cause;
    throw new SemmaeError({ where: file.path, requirement: 'its configuration must make a model', got: cause, cause });
  }
}
