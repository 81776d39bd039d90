// Trainings that begin with the weights of an encoder file instead of random ones.

import { patchSizeText, SemmaeError } from '@semmae/core';
import type { ViTEncoder, ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import type { PretrainRecipe } from '../recipes/pretrain-recipe';
import type { EncoderModel } from './encoder-file';

/** The configuration that an encoder needs for these weights: all but what the recipe says. The position table keeps its own grid. */
export function startingConfig(start: EncoderModel | undefined, recipe: PretrainRecipe): Partial<ViTEncoderConfig> {
  if (start === undefined) return {};
  assertFits(start.encoder, recipe);
  const config = start.encoder.getConfig() as Partial<ViTEncoderConfig>;
  const { name, trainable, seed, imageHeight, imageWidth, patchStride, maskToken, ...kept } = config;
  return kept;
}

/** Copies the weights. A mask token that the start has not keeps its zeros, one that `encoder` has not is left out. */
export function assignStart(encoder: ViTEncoder, start: EncoderModel | undefined): void {
  if (start === undefined) return;
  const weights = start.encoder.namedVariables();
  encoder.variables(); // builds it
  for (const [name, variable] of encoder.namedVariables()) {
    const weight = weights.get(name);
    if (weight !== undefined) tf.tidy(() => variable.assign(tf.clone<tf.Tensor>(weight)));
  }
}

function assertFits(encoder: ViTEncoder, { name, encoder: wanted }: PretrainRecipe): void {
  const sizes = ({ width, depth, heads, patchSize }: typeof wanted | ViTEncoder) =>
    `width ${width}, depth ${depth}, heads ${heads}, patches of ${patchSizeText(patchSize)}`;
  const colors = encoder.channels === 3 ? '' : `, ${encoder.channels} colors`;
  if (sizes(encoder) === sizes(wanted) && colors === '') return;
  throw new SemmaeError({
    where: '`startFrom`',
    requirement: `the encoder must have the sizes of the recipe ${name}: ${sizes(wanted)}`,
    got: `${sizes(encoder)}${colors}`,
    remedy: 'choose a recipe of its sizes, or another file',
  });
}
