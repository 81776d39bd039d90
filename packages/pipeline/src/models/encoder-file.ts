// Trained encoders as files, with the decoder that came with them if there is one.

import { type FamilyName, familyNames, type SafetensorsFile } from '@semmae/checkpoints';
import { firstDifference, interpolations, type Preprocessing, SemmaeError } from '@semmae/core';
import { MAEDecoder, type MAEDecoderConfig, ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';
import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

import { buildFrom, modelHash, type OpenModelFile, parseEntry, useModelFile, writeModelFile } from './model-file';
import { preprocessingOf } from './preprocessing-of';
import type { TrainingImages } from './trained-images';

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
  /** Of a masked autoencoder: whether its decoder predicts each patch standardized. Default true, as in all recipes. */
  normalizePixels?: boolean;
  /** Which network of the training this is: 'teacher' of self-distillation, 'encoder' of MAE. */
  role: string;
  /** The encoder whose weights the training began with, where they were not random. */
  startedFrom?: { id: string; hash: string };
}

/** Where weights of another project come from. */
export interface PublicOrigin {
  /** The address on the hub, or the name of the file. */
  name: string;
  family: FamilyName;
  /** Which of several networks in the file: 'teacher.backbone'. */
  network?: string | undefined;
  /** Of a masked autoencoder with its decoder: whether that predicts each patch standardized. */
  normalizePixels?: boolean | undefined;
}

/** An encoder with the name and hash by which shards and part files know it. */
export interface EncoderModel {
  encoder: ViTEncoder;
  /** For people: recipe, data and seed; name and family; or the beginning of the hash. */
  id: string;
  /** SHA-256 of its configuration and weights. */
  hash: string;
  /** Default: `preprocessingOf`, ImageNet's statistics at the size of the encoder. */
  preprocessing?: Preprocessing | undefined;
  /** Of a model that was trained here. */
  provenance?: EncoderProvenance | undefined;
  /** Of weights of another project. */
  origin?: PublicOrigin | undefined;
}

export interface ModelConfig {
  encoder: ViTEncoderConfig;
  decoder?: MAEDecoderConfig;
}

export type DescribedEncoder = Omit<EncoderModel, 'encoder'> & { config: ViTEncoderConfig };

/** All that a model file holds. */
export interface TrainedModel extends EncoderModel {
  /** Of a masked autoencoder: what draws its reconstructions. */
  decoder?: MAEDecoder | undefined;
  config: ModelConfig;
}

const side = z.int().min(1).max(65_536);
const sides = z.union([side, z.strictObject({ height: side, width: side })]);
const grid = z.strictObject({ rows: side, columns: side });
const layer = {
  ...{ seed: z.int(), trainable: z.boolean(), patchSize: sides, channels: side, width: side, depth: side, heads: side },
  mlpRatio: z.number().positive().max(1024),
};
const text = z.string();
const size = z.strictObject({ height: side, width: side });

// The types of what is used unseen. What else a configuration may hold is found out by building it: `assertUnderstood`.
const kind = {
  format: 'semmae-model/1',
  name: 'model.safetensors',
  config: z.strictObject({
    encoder: z.looseObject({
      ...{ ...layer, patchStride: sides, imageHeight: side, imageWidth: side, maskToken: z.boolean() },
      ...{ positions: z.enum(['sin-cos', 'learned']), trainablePositions: z.boolean(), positionGrid: grid },
      positionInterpolation: z.enum(['aligned', 'dino', 'antialias', 'recompute']),
    }),
    decoder: z.looseObject({ ...layer, grid, encoderWidth: side }).optional(),
  }) as unknown as z.ZodType<ModelConfig>,
  provenance: z.looseObject({
    ...{ recipe: text, data: text, trainedImages: text.optional(), role: text },
    ...{ seed: z.int(), steps: z.int(), imageCount: z.int(), normalizePixels: z.boolean().optional() },
    imageSize: size,
  }),
};

const originSchema = z.looseObject({
  ...{ name: text, family: z.enum(familyNames), network: text.optional(), normalizePixels: z.boolean().optional() },
}) as unknown as z.ZodType<PublicOrigin>;

const preprocessingSchema: z.ZodType<Preprocessing> = z.strictObject({
  ...{ mean: z.array(z.number()), standardDeviation: z.array(z.number().positive()), imageSize: size },
  framing: z
    .strictObject({ interpolation: z.enum(interpolations), cropFraction: z.number().min(0.01).max(1).optional() })
    .optional(),
  bands: z.array(z.int().min(0)).optional(),
  valueRange: z.tuple([z.number(), z.number()]).optional(),
});

/** Names of a decoder's weights begin with it. */
const decoderPrefix = 'decoder.';

/** Writes weights, configurations, preprocessing and where they come from to `path`, whole or not at all. A run folder has it as model.safetensors. */
export async function saveModel(
  path: string,
  model: Pick<TrainedModel, 'encoder' | 'decoder' | 'preprocessing' | 'provenance' | 'origin'>,
): Promise<TrainedModel> {
  const { encoder, decoder, provenance, origin } = model;
  const preprocessing = preprocessingOf(model);
  const config = configsOf(model);
  const hash = await encoderHash(encoder);
  const weights: Map<string, tf.Tensor> = weightsOf(encoder);
  if (decoder !== undefined) {
    for (const [name, weight] of weightsOf(decoder)) weights.set(decoderPrefix + name, weight);
  }
  await writeModelFile(path, { format: kind.format, config, provenance, origin, preprocessing, hash }, weights);
  return { encoder, decoder, config, id: idOf({ provenance, origin, hash }), hash, preprocessing, provenance, origin };
}

/** `saveModel` of an encoder alone. */
export function saveEncoder(path: string, encoder: ViTEncoder, provenance?: EncoderProvenance): Promise<EncoderModel> {
  return saveModel(path, { encoder, provenance });
}

/** The encoder of a model file, or of the run folder that holds one; a decoder is left out. */
export function readEncoderFile(path: string): Promise<EncoderModel> {
  return useModelFile(path, kind, async (opened) => ({ encoder: await buildEncoder(opened), ...aboutOf(opened) }));
}

/** With the decoder, where there is one. */
export function readModelFile(path: string): Promise<TrainedModel> {
  return useModelFile(path, kind, async (opened) => {
    const encoder = await buildEncoder(opened);
    const { config } = opened;
    try {
      return { encoder, decoder: config.decoder && (await buildDecoder(opened)), config, ...aboutOf(opened) };
    } catch (error) {
      encoder.dispose();
      throw error;
    }
  });
}

/** What the file says about its encoder, without building it. */
export function describeEncoderFile(path: string): Promise<DescribedEncoder> {
  return useModelFile(path, kind, (opened) => ({ config: opened.config.encoder, ...aboutOf(opened) }));
}

/** By which shards and part files know it: of configuration and weights. */
export function encoderHash(encoder: ViTEncoder): Promise<string> {
  return modelHash(configOf(encoder), weightsOf(encoder));
}

export function configsOf({ encoder, decoder }: Pick<TrainedModel, 'encoder' | 'decoder'>): ModelConfig {
  return { encoder: configOf(encoder), ...(decoder && { decoder: configOf(decoder) }) };
}

type Opened = OpenModelFile<ModelConfig, EncoderProvenance>;

function buildEncoder({ file, config }: Opened): Promise<ViTEncoder> {
  const own = new Map([...file.entries].filter(([name]) => !name.startsWith(decoderPrefix)));
  const create = () => assertUnderstood(file, config.encoder, new ViTEncoder(config.encoder));
  return buildFrom({ ...file, entries: own }, create, weightsOf);
}

function buildDecoder({ file, config }: Opened): Promise<MAEDecoder> {
  const own = [...file.entries].filter(([name]) => name.startsWith(decoderPrefix));
  const entries = new Map(own.map(([name, entry]) => [name.slice(decoderPrefix.length), entry]));
  const create = () => assertUnderstood(file, config.decoder, new MAEDecoder(config.decoder!));
  return buildFrom({ path: file.path, entries, read: (name) => file.read(decoderPrefix + name) }, create, weightsOf);
}

/** A setting that the network does not know would be left out silently. */
function assertUnderstood<Network extends ViTEncoder | MAEDecoder>(
  file: SafetensorsFile,
  config: unknown,
  network: Network,
): Network {
  const difference = firstDifference(config, configOf(network));
  if (difference === undefined) return network;
  const requirement = `its configuration must be known: ${difference.path} is ${difference.before ?? 'left out'}`;
  throw new SemmaeError({ where: file.path, requirement, got: `${difference.now ?? 'nothing'} here` });
}

function configOf(network: ViTEncoder): ViTEncoderConfig;
function configOf(network: MAEDecoder): MAEDecoderConfig;
function configOf(network: ViTEncoder | MAEDecoder): ViTEncoderConfig | MAEDecoderConfig;
function configOf(network: ViTEncoder | MAEDecoder): ViTEncoderConfig | MAEDecoderConfig {
  const { name: _ofProcess, ...config } = network.getConfig();
  return config;
}

/** Trained or not. */
function weightsOf(network: ViTEncoder | MAEDecoder): Map<string, tf.Variable> {
  network.variables(); // builds it
  return network.namedVariables();
}

function aboutOf({ file, hash, provenance }: Opened): Omit<EncoderModel, 'encoder'> {
  const entry = <T>(key: string, schema: z.ZodType<T>) =>
    file.metadata[key] === undefined ? undefined : parseEntry(file, key, schema);
  const preprocessing = entry('preprocessing', preprocessingSchema);
  const origin = entry('origin', originSchema);
  return { id: idOf({ provenance, origin, hash }), hash, preprocessing, provenance, origin };
}

/** For people. */
export function idOf({ provenance, origin, hash }: Pick<EncoderModel, 'provenance' | 'origin' | 'hash'>): string {
  if (provenance !== undefined) return `${provenance.recipe} on ${provenance.data}, seed ${provenance.seed}`;
  return origin === undefined ? `encoder ${hash.slice(0, 12)}` : `${origin.name} (${origin.family})`;
}
