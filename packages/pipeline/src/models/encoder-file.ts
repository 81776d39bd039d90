// A trained encoder as one file.

import { ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';

import { assignWeights, readModelFile, writeModelFile } from './model-file';
import type { TrainingImages } from './trained-images';

const format = 'semmae-encoder';

/** Where an encoder comes from. */
export interface EncoderProvenance extends TrainingImages {
  /** Name of the recipe. */
  recipe: string;
  /** Images that it was trained on. */
  imageCount: number;
  seed: number;
  steps: number;
  /** Pixels of the photographs that views were cut from. */
  imageSize: { height: number; width: number };
  /** How pixels become numbers: 'imagenet' is ImageNet's mean and standard deviation. */
  normalization: string;
  /** Which network of the training this is: 'teacher' of self-distillation, 'encoder' of MAE. */
  role: string;
  /** The encoder whose weights the training began with, where they were not random. */
  startedFrom?: { id: string; hash: string };
}

/** An encoder with the name and hash by which shards and part files know it. */
export interface EncoderModel {
  encoder: ViTEncoder;
  /** For people: recipe, data and seed. */
  id: string;
  /** SHA-256 of the weights. */
  hash: string;
  provenance: EncoderProvenance;
}

/** Writes all weights, the configuration and `provenance` to `path`, whole or not at all. */
export async function saveEncoder(
  path: string,
  encoder: ViTEncoder,
  provenance: EncoderProvenance,
): Promise<EncoderModel> {
  encoder.variables(); // builds it
  const { name: _ofProcess, ...config } = encoder.getConfig();
  const hash = await writeModelFile(path, { format, config, provenance }, encoder.namedVariables());
  return { encoder, id: idOf(provenance), hash, provenance };
}

/** Throws a SemmaeError of one line when the file is missing, truncated, foreign, or its weights are not those of its configuration. */
export async function loadEncoder(path: string): Promise<EncoderModel> {
  const { tensors, config, provenance, hash } = await readModelFile(path, format);
  const encoder = new ViTEncoder(config as ViTEncoderConfig);
  encoder.variables();
  try {
    assignWeights(path, tensors, encoder.namedVariables());
  } catch (error) {
    encoder.dispose();
    throw error;
  }
  const origin = provenance as EncoderProvenance;
  return { encoder, id: idOf(origin), hash, provenance: origin };
}

/** What a file says about its encoder, without building it. */
export async function describeEncoder(
  path: string,
): Promise<Omit<EncoderModel, 'encoder'> & { config: ViTEncoderConfig }> {
  const { config, provenance, hash } = await readModelFile(path, format);
  const origin = provenance as EncoderProvenance;
  return { config: config as ViTEncoderConfig, id: idOf(origin), hash, provenance: origin };
}

function idOf({ recipe, data, seed }: EncoderProvenance): string {
  return `${recipe} on ${data}, seed ${seed}`;
}
