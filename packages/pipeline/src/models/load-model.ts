// Models by path: files that were written here, and public weights of any family.

import { basename, dirname, resolve } from 'node:path';

import {
  configurationsBeside,
  openTensorFile,
  type PublicModel,
  readPublicModel,
  type TensorFile,
} from '@semmae/checkpoints';
import { isHubAddress } from '@semmae/checkpoints/hub';
import { SemmaeError } from '@semmae/core';
import type { ProjectionHead } from '@semmae/vit';

import type { StageOptions } from '../runs/stage-options';
import {
  configsOf,
  type DescribedEncoder,
  describeEncoderFile,
  type EncoderModel,
  encoderHash,
  idOf,
  type PublicOrigin,
  readEncoderFile,
  readModelFile,
  type TrainedModel,
} from './encoder-file';
import { localWeights } from './local-weights';
import { backendFor, isWrittenHere } from './model-file';
import { buildPublicModel } from './public-model';
import { publicModelNotes } from './public-model-notes';
import { givenForWeights, type PublicWeightsOptions, readOptionsOf } from './public-weights-options';

/** What the decoder of a masked autoencoder predicts: each patch by its own mean and deviation, or pixels as they are. */
export type DecoderTarget = 'standardized' | 'plain';
export const decoderTargets: readonly DecoderTarget[] = ['standardized', 'plain'];

export interface LoadEncoderOptions
  extends PublicWeightsOptions,
    Pick<StageOptions, 'signal' | 'onProgress' | 'onNote' | 'onWarning'> {}

export interface LoadModelOptions extends LoadEncoderOptions {
  /** Of a public masked autoencoder. Default: as its configuration says, else 'standardized'. */
  decoderTarget?: DecoderTarget | undefined;
}

/**
 * The encoder of a model file, of the run folder that holds one, of a public file in any container that `openTensorFile` reads, of a
 * folder of Hugging Face, or of `hf:owner/name[@revision][:file]`. A decoder is left out. What is recognized in a public file is said
 * through `onNote`.
 *
 * Throws a SemmaeError of one line when the file is missing, damaged or foreign, when its weights are not those of its configuration,
 * and for options that say about a file of ours what it says itself.
 */
export function loadEncoder(path: string, options: LoadEncoderOptions = {}): Promise<EncoderModel> {
  return load(path, options, {
    ours: readEncoderFile,
    async theirs(file) {
      const { decoder: _leftOut, config: _of, heads: _too, ...model } = await buildNamed(file, options, {});
      return model;
    },
  });
}

/** `loadEncoder` with the decoder, where there is one. */
export function loadModel(path: string, options: LoadModelOptions = {}): Promise<TrainedModel> {
  return load(path, options, {
    ours: readModelFile,
    async theirs(file) {
      const { heads: _leftOut, ...model } = await buildNamed(file, options, { decoder: true });
      return model;
    },
  });
}

/** What a training can begin with. */
export interface StartingModel extends TrainedModel {
  /** Projection heads of self-distillation by the name that they have in the file. */
  heads: ReadonlyMap<string, ProjectionHead>;
}

/** `loadModel` with the projection heads, where there are some. `heads` and `decoderHeads` may be those of a recipe. */
export function loadStart(path: string, options: LoadEncoderOptions = {}): Promise<StartingModel> {
  const sizes = { heads: undefined, decoderHeads: undefined };
  return load<StartingModel>(path, options, {
    ours: async (local) => ({ ...(await readModelFile(local)), heads: new Map() }),
    theirs: (file) => buildNamed(file, options, { decoder: true, heads: true }),
    optionsOfOurs: { ...options, ...sizes },
  });
}

/** What a file says about its encoder. Public weights are loaded for it, since their hash is that of the network. */
export function describeEncoder(path: string, options: LoadEncoderOptions = {}): Promise<DescribedEncoder> {
  return load(path, options, {
    ours: describeEncoderFile,
    async theirs(file) {
      const { encoder, decoder: _none, heads: _neither, config, ...about } = await buildNamed(file, options, {});
      encoder.dispose();
      return { ...about, config: config.encoder };
    },
  });
}

/** Public weights, open. */
interface NamedWeights {
  /** As it was asked for. */
  path: string;
  /** On this machine. */
  local: string;
  file: TensorFile;
}

interface Readers<Result> {
  ours: (local: string) => Promise<Result>;
  theirs: (weights: NamedWeights) => Promise<Result>;
  /** What must not be said about a file of ours. Default: any of the options. */
  optionsOfOurs?: LoadModelOptions;
}

/** Reads `path` by whose file it is. */
async function load<Result>(
  path: string,
  options: LoadModelOptions,
  { ours, theirs, optionsOfOurs = options }: Readers<Result>,
): Promise<Result> {
  const local = await localWeights(path, options);
  const file = await openTensorFile(local);
  try {
    if (!isWrittenHere(file)) return await theirs({ path, local, file });
  } finally {
    file.close();
  }
  assertNoneGiven(path, optionsOfOurs);
  return ours(local);
}

/** Nothing that was said about a file of ours may be passed over. */
function assertNoneGiven(path: string, options: LoadModelOptions): void {
  const { decoderTarget } = options;
  const [name, value] =
    [...givenForWeights(options), ...(decoderTarget ? [['decoderTarget', decoderTarget]] : [])][0] ?? [];
  if (name === undefined) return;
  throw new SemmaeError({
    where: `\`${name}\``,
    requirement: `must be left out: it is for weights of other projects, and ${path} was written here`,
    got: value,
  });
}

/** The networks that are wanted besides the encoder. */
interface Wanted {
  decoder?: boolean;
  heads?: boolean;
}

async function buildNamed(
  { path, local, file }: NamedWeights,
  options: LoadModelOptions,
  wanted: Wanted,
): Promise<StartingModel> {
  await backendFor(path);
  const model = await readPublicModel(file, { ...readOptionsOf(options), ...configurationsBeside(local) });
  const name = isHubAddress(path) ? path : nameOf(path);
  const { decoder: ofFile, heads: headsOfFile, ...encoderOnly } = model;
  const { encoder, decoder, heads } = await buildPublicModel({
    ...encoderOnly,
    ...(wanted.decoder && ofFile && { decoder: ofFile }),
    heads: wanted.heads ? headsOfFile : new Map(),
  });
  for (const note of publicModelNotes(name, model)) options.onNote?.(note);
  const origin = originOf(name, model, options);
  const hash = await encoderHash(encoder);
  const about = { id: idOf({ origin, hash }), hash, preprocessing: model.preprocessing, origin };
  return { encoder, decoder, heads, config: configsOf({ encoder, decoder }), ...about };
}

/** Of the file, or of its folder where all files of that kind have the same name. */
function nameOf(path: string): string {
  const name = basename(path);
  return /^(model|pytorch_model)\.[a-z.]+$/.test(name) ? basename(dirname(resolve(path))) : name;
}

function originOf(
  name: string,
  { family, network, decoder, normalizePixels }: PublicModel,
  { decoderTarget }: LoadModelOptions,
): PublicOrigin {
  const standardized = decoderTarget === undefined ? normalizePixels : decoderTarget === 'standardized';
  return { name, family, network: network || undefined, normalizePixels: decoder && standardized };
}
