// Trainings that begin with the weights of a model instead of random ones.

import { type PatchSize, patchSizeText, SemmaeError } from '@semmae/core';
import {
  adaptPatchChannels,
  type MAEDecoder,
  ProjectionHead,
  resamplePatchEmbedding,
  type ViTEncoder,
  type ViTEncoderConfig,
} from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { isAdversarialRecipe, isMaskedImageRecipe, type PretrainRecipe } from '../recipes/pretrain-recipe';
import type { EncoderModel } from './encoder-file';

/** What a training begins with: an encoder, and what was trained beside it where that is at hand. */
export interface StartingPoint extends EncoderModel {
  decoder?: MAEDecoder | undefined;
  /** Projection heads of self-distillation by name. */
  heads?: ReadonlyMap<string, ProjectionHead>;
}

/** Frees a start that was loaded. */
export function disposeStart(start: StartingPoint | undefined): void {
  for (const network of [start?.encoder, start?.decoder, ...(start?.heads?.values() ?? [])]) network?.dispose();
}

/** The recipe at the sizes of these weights; views become multiples of `patchSize`, by default that of the weights. */
export function recipeAtSizesOf<Recipe extends PretrainRecipe>(
  { encoder: { width, depth, heads, patchSize: own } }: StartingPoint,
  recipe: Recipe,
  patchSize: number = squareOf(own),
): Recipe {
  const { views } = recipe;
  const whole = (side: number) => nearestMultiple(side, patchSize, isAdversarialRecipe(recipe) ? halves : () => true);
  return {
    ...recipe,
    encoder: { ...recipe.encoder, width, depth, heads, patchSize },
    views:
      'globalSize' in views
        ? { ...views, globalSize: whole(views.globalSize), localSize: whole(views.localSize) }
        : { ...views, size: whole(views.size) },
  };
}

function nearestMultiple(side: number, patchSize: number, fits: (side: number) => boolean): number {
  const multiples = Array.from({ length: Math.ceil((4 * side) / patchSize) }, (_, index) => (index + 1) * patchSize);
  const fitting = multiples.filter(fits);
  const distance = (one: number) => Math.abs(one - side);
  return (fitting.length > 0 ? fitting : multiples).reduce((best, one) =>
    distance(one) < distance(best) ? one : best,
  );
}

/** Whether `maskNetwork` can halve images of this side at all its levels. */
function halves(side: number): boolean {
  return side >= 8 && side % 2 ** (Math.trunc(Math.log2(side)) - 2) === 0;
}

function squareOf(patchSize: PatchSize): number {
  if (typeof patchSize === 'number') return patchSize;
  throw new SemmaeError({
    where: '`startFrom`',
    requirement: 'patches must be squares',
    got: patchSizeText(patchSize),
    remedy: 'give the `patchSize` to resample their embedding to',
  });
}

/** Throws a SemmaeError where settings ask for other sizes than those of the weights. */
export function assertSizesOf({ encoder }: StartingPoint, { encoder: wanted }: PretrainRecipe): void {
  for (const key of ['width', 'depth', 'heads'] as const) {
    if (encoder[key] === wanted[key]) continue;
    throw new SemmaeError({
      where: '`startFrom`',
      requirement: `\`${key}\` must be that of the weights, ${encoder[key]}`,
      got: wanted[key],
      remedy: 'leave it out, or choose another file',
    });
  }
}

/**
 * What an encoder needs for these weights besides its sizes: everything about its blocks and tokens; positions keep their own grid.
 * Masked reconstruction reads all tokens, so that they get a norm where only their mean had one.
 */
export function startingConfig(start: StartingPoint | undefined, recipe: PretrainRecipe): Partial<ViTEncoderConfig> {
  if (start === undefined) return {};
  const config = start.encoder.getConfig();
  const { name, trainable, seed, imageHeight, imageWidth, patchSize, patchStride, channels, maskToken, ...kept } =
    config;
  return { ...kept, ...(needsNorm(start, recipe) && { finalNorm: 'tokens' }) };
}

function needsNorm({ encoder }: StartingPoint, recipe: PretrainRecipe): boolean {
  return encoder.finalNorm === 'pooled' && isMaskedImageRecipe(recipe);
}

/**
 * Copies the weights, the patch embedding resampled where patches have another size and adapted where images have other channels. A mask token that the start has not keeps its
 * zeros, one that `encoder` has not is left out.
 */
export function assignStart(encoder: ViTEncoder, start: StartingPoint | undefined): void {
  if (start === undefined) return;
  const sizes = { from: start.encoder.patchSize, to: encoder.patchSize };
  const channels = { from: start.encoder.channels, to: encoder.channels };
  const isResized = patchSizeText(sizes.from) !== patchSizeText(sizes.to);
  assignWeights(encoder, start.encoder, (name, weight) => {
    if (name !== 'patch_embed.proj.kernel') return weight;
    const kernel = channels.from === channels.to ? weight : adaptPatchChannels(weight as tf.Tensor2D, channels);
    return isResized ? resamplePatchEmbedding(kernel as tf.Tensor2D, sizes) : kernel;
  });
}

/** The decoder of the start, where it fits; its fixed positions are those of its own grid. */
export function assignStartingDecoder(
  decoder: MAEDecoder,
  start: StartingPoint | undefined,
  recipe: PretrainRecipe,
): void {
  if (start?.decoder !== undefined && decoderObstacle(start, recipe, decoder.channels) === undefined)
    assignWeights(decoder, start.decoder);
}

/** The first projection head of the start that fits. */
export function assignStartingHead(head: ProjectionHead, start: StartingPoint | undefined): void {
  const fitting = [...(start?.heads?.values() ?? [])].find((one) => sizesOf(one) === sizesOf(head));
  if (fitting !== undefined) assignWeights(head, fitting);
}

type Network = ViTEncoder | MAEDecoder | ProjectionHead;

function assignWeights<Kind extends Network>(
  network: Kind,
  from: Kind,
  fitted: (name: string, weight: tf.Tensor) => tf.Tensor = (_, weight) => weight,
): void {
  for (const one of [network, from]) one.variables(); // builds it
  const weights = from.namedVariables();
  for (const [name, variable] of network.namedVariables()) {
    const weight = weights.get(name);
    if (weight === undefined || (name === 'decoder_pos_embed' && weight.size !== variable.size)) continue;
    tf.tidy(() => variable.assign(tf.clone(fitted(name, weight))));
  }
}

/** What a pre-training takes over, and what it leaves: a line each. */
export function startingNotes(start: StartingPoint, recipe: PretrainRecipe, channels: number): string[] {
  const { id, encoder } = start;
  const { width, depth, heads, patchSize } = recipe.encoder;
  const own = patchSizeText(encoder.patchSize);
  const resized = own === patchSizeText(patchSize) ? '' : `, whose embedding is resampled from patches of ${own}`;
  const sizes = `width ${width}, depth ${depth}, ${heads} heads, patches of ${patchSizeText(patchSize)}${resized}`;
  const adapted =
    encoder.channels === channels
      ? []
      : [
          `its embedding of ${encoder.channels} channels is adapted to ${channels} as timm does: ${
            channels === 1 ? 'their weights are added' : 'their weights are repeated in turn and scaled'
          }`,
        ];
  const norm = needsNorm(start, recipe)
    ? ['its norm of the mean token is left out: all tokens get one, which this method reads']
    : [];
  const ofDecoder = decoderNotes(start, recipe, channels);
  return [`begins with ${id}: ${sizes}`, ...adapted, ...norm, ...ofDecoder, ...headNotes(start, recipe)];
}

function decoderNotes(start: StartingPoint, recipe: PretrainRecipe, channels: number): string[] {
  if (start.decoder === undefined) return [];
  const obstacle = decoderObstacle(start, recipe, channels);
  return [obstacle === undefined ? 'begins with its decoder, too' : `its decoder is left out: ${obstacle}`];
}

/** Why the decoder cannot go on; undefined where it does. */
function decoderObstacle(
  { decoder, provenance, origin }: StartingPoint,
  recipe: PretrainRecipe,
  channels: number,
): string | undefined {
  if (!isMaskedImageRecipe(recipe)) return 'this method has none';
  const { width, depth, heads, patchSize } = decoder!;
  const sizes = `width ${width}, depth ${depth}, ${heads} heads`;
  const { width: ownWidth, depth: ownDepth, heads: ownHeads } = recipe.decoder;
  const ownSizes = `width ${ownWidth}, depth ${ownDepth}, ${ownHeads} heads`;
  if (sizes !== ownSizes) {
    return `it has ${sizes}, the recipe ${ownSizes}; \`decoderWidth\`, \`decoderDepth\` and \`decoderHeads\` take it over`;
  }
  if (patchSizeText(patchSize) !== patchSizeText(recipe.encoder.patchSize))
    return 'it predicts patches of another size';
  if (decoder!.channels !== channels) return `it predicts ${decoder!.channels} channels`;
  const { normalizePixels = recipe.normalizePixels } = provenance ?? origin ?? {};
  return normalizePixels === recipe.normalizePixels
    ? undefined
    : 'it predicts pixels that are normalized in another way';
}

function headNotes({ heads = new Map() }: StartingPoint, recipe: PretrainRecipe): string[] {
  if (heads.size === 0) return [];
  if (!('head' in recipe)) return ['its projection heads are left out: this method has none'];
  const wanted = sizesOf(new ProjectionHead({ ...recipe.head, inputWidth: recipe.encoder.width, seed: 0 }));
  const found = [...heads.values()].map(sizesOf);
  if (found.includes(wanted)) return ['begins with its projection head, too'];
  return [`its projection heads are left out: they have ${found.join('; ')}, the recipe ${wanted}`];
}

function sizesOf({
  inputWidth,
  layerCount,
  hiddenWidth,
  bottleneckWidth,
  prototypes,
  patchPrototypes,
}: ProjectionHead): string {
  const ofPatches = patchPrototypes === undefined ? '' : ` and ${patchPrototypes} of patches`;
  return `${layerCount} layers ${inputWidth}-${hiddenWidth}-${bottleneckWidth}, ${prototypes} prototypes${ofPatches}`;
}
