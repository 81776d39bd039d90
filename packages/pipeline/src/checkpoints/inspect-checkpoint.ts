// What a file of weights holds, and what it would become here.

import {
  byteLengthOf,
  configurationsBeside,
  type PublicModel,
  type ReadPublicModelOptions,
  readPublicModel,
  type TensorEntry,
  type TensorFile,
} from '@semmae/checkpoints';
import { SemmaeError } from '@semmae/core';

import { isWrittenHere } from '../models/model-file';
import { type PublicWeightsOptions, readOptionsOf } from '../models/public-weights-options';
import type { StageOptions } from '../runs/stage-options';
import { openCheckpoint } from './open-checkpoint';

export interface InspectCheckpointOptions
  extends PublicWeightsOptions,
    Pick<StageOptions, 'signal' | 'onProgress' | 'onWarning'> {
  /** A file of any container, a folder that holds one, or `hf:owner/name`. */
  file: string;
}

export interface DescribedTensor extends TensorEntry {
  name: string;
  /** The weights that it is part of, by canonical name. */
  becomes?: string[];
  /** Why it is not needed. */
  leftOut?: string;
}

/** The model of another project, without its values. */
export interface DescribedModel
  extends Pick<PublicModel, 'family' | 'recognizedBy' | 'network' | 'encoder' | 'decoder' | 'preprocessing' | 'notes'> {
  heads: Record<string, object>;
  /** Values of all weights that are used. */
  parameters: number;
  missing: string[];
  unexpected: string[];
}

export interface CheckpointDescription {
  /** On this machine. */
  path: string;
  container: TensorFile['container'];
  /** 'semmae-model/1' and the like for files from here, 'public model' for a ViT of another project, 'tensors' for all else. */
  kind: string;
  /** In the order of the file. */
  tensors: DescribedTensor[];
  /** Of all tensors. */
  values: number;
  bytes: number;
  /** What the file says besides: metadata, which are parsed where they are JSON, or the other entries of a `.pth`. */
  contents: Record<string, unknown>;
  model?: DescribedModel;
  /** Why no model can be made of it. */
  refusal?: string;
}

/**
 * Describes a file. Values are not read, but for a position table.
 *
 * Throws a SemmaeError of one line for what is no file of tensors. Tensors that are no ViT are described all the same, with the
 * reason as `refusal`, unless the options ask for a family or a network: those must be there.
 */
export async function inspectCheckpoint({
  file: asked,
  signal,
  onProgress,
  onWarning,
  ...options
}: InspectCheckpointOptions): Promise<CheckpointDescription> {
  const { path, file } = await openCheckpoint(asked, { signal, onProgress, onWarning });
  try {
    const { container, metadata, entries, extras } = file;
    const tensors = [...entries].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
    const description = {
      ...{ path, container, tensors },
      values: tensors.reduce((sum, { shape }) => sum + countOf(shape), 0),
      bytes: tensors.reduce((sum, { dtype, shape }) => sum + byteLengthOf(dtype, shape), 0),
      contents: { ...parsedTexts(metadata), ...extras },
    };
    if (isWrittenHere(file)) return { ...description, kind: metadata.format! };
    const { model, refusal } = await tryModel(path, file, readOptionsOf(options));
    if (model === undefined) return { ...description, kind: 'tensors', refusal: refusal! };
    return { ...description, kind: 'public model', tensors: described(tensors, model), model: withoutValues(model) };
  } finally {
    file.close();
  }
}

async function tryModel(
  path: string,
  file: TensorFile,
  options: ReadPublicModelOptions,
): Promise<{ model?: PublicModel; refusal?: string }> {
  const beside = configurationsBeside(path);
  try {
    return { model: await readPublicModel(file, { ...beside, ...options }) };
  } catch (error) {
    const isExpected = SemmaeError.isInstance(error) && options.family === undefined && options.network === undefined;
    if (!isExpected) throw error;
    return { refusal: error.message };
  }
}

function described(tensors: DescribedTensor[], { weights, report }: PublicModel): DescribedTensor[] {
  const becomes = new Map<string, string[]>();
  for (const [name, { sources }] of weights) {
    for (const source of sources) becomes.set(source, [...(becomes.get(source) ?? []), name]);
  }
  const leftOut = new Map(report.leftOut.map(({ name, why }) => [name, why]));
  return tensors.map((tensor) => {
    const [names, why] = [becomes.get(tensor.name), leftOut.get(tensor.name)];
    return { ...tensor, ...(names && { becomes: names }), ...(why !== undefined && { leftOut: why }) };
  });
}

function withoutValues({ weights, report, heads, ...model }: PublicModel): DescribedModel {
  const parameters = [...weights.values()].reduce((sum, { shape }) => sum + countOf(shape), 0);
  const { missing, unexpected } = report;
  return { ...model, heads: Object.fromEntries(heads), parameters, missing, unexpected };
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Texts that are JSON objects as what they say. */
function parsedTexts(metadata: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, text]) => {
      try {
        return [key, text.startsWith('{') ? (JSON.parse(text) as unknown) : text];
      } catch {
        return [key, text];
      }
    }),
  );
}
