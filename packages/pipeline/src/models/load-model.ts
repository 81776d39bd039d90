// Models by path: files that were written here, and public weights of any family.

import { basename, dirname, resolve } from 'node:path';

import { openTensorFile, type PublicModel, usePublicModel } from '@semmae/checkpoints';
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
import { backendFor } from './model-file';
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
export async function loadEncoder(path: string, options: LoadEncoderOptions = {}): Promise<EncoderModel> {
  const local = await localWeights(path, options);
  if (!(await isPublic(local))) {
    assertNoneGiven(path, options);
    return readEncoderFile(local);
  }
  const { decoder: _leftOut, config: _of, heads: _too, ...model } = await loadPublic(path, local, options, {});
  return model;
}

/** `loadEncoder` with the decoder, where there is one. */
export async function loadModel(path: string, options: LoadModelOptions = {}): Promise<TrainedModel> {
  const local = await localWeights(path, options);
  if (!(await isPublic(local))) {
    assertNoneGiven(path, options);
    return readModelFile(local);
  }
  const { heads: _leftOut, ...model } = await loadPublic(path, local, options, { decoder: true });
  return model;
}

/** What a training can begin with. */
export interface StartingModel extends TrainedModel {
  /** Projection heads of self-distillation by the name that they have in the file. */
  heads: ReadonlyMap<string, ProjectionHead>;
}

/** `loadModel` with the projection heads, where there are some. `heads` and `decoderHeads` may be those of a recipe. */
export async function loadStart(path: string, options: LoadEncoderOptions = {}): Promise<StartingModel> {
  const local = await localWeights(path, options);
  if (await isPublic(local)) return loadPublic(path, local, options, { decoder: true, heads: true });
  assertNoneGiven(path, { ...options, heads: undefined, decoderHeads: undefined });
  return { ...(await readModelFile(local)), heads: new Map() };
}

/** What a file says about its encoder. Public weights are loaded for it, since their hash is that of the network. */
export async function describeEncoder(path: string, options: LoadEncoderOptions = {}): Promise<DescribedEncoder> {
  const local = await localWeights(path, options);
  if (!(await isPublic(local))) {
    assertNoneGiven(path, options);
    return describeEncoderFile(local);
  }
  const { encoder, decoder: _none, heads: _neither, config, ...about } = await loadPublic(path, local, options, {});
  encoder.dispose();
  return { ...about, config: config.encoder };
}

/** Files of ours say what they are. */
async function isPublic(path: string): Promise<boolean> {
  const file = await openTensorFile(path);
  file.close();
  return !file.metadata.format?.startsWith('semmae-');
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

async function loadPublic(
  path: string,
  local: string,
  options: LoadModelOptions,
  wanted: Wanted,
): Promise<StartingModel> {
  await backendFor(path);
  return usePublicModel(local, readOptionsOf(options), async (model) => {
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
  });
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
