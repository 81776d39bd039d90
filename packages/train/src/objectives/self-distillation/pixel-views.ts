// The views of a batch as callers have them, flat pixels, and as the trainer needs them, tensors.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { DistillationViews } from './distillation-batches';
import type { SelfDistillationRecipe } from './self-distillation-recipe';

/** Normalized pixels of the views of a batch, view by view: the first of all images, then the second, … */
export interface PixelViews {
  /** [2B · H · W · C], H = W = `recipe.views.globalSize`, C as the encoder sees; or the tensor [2B, H, W, C], which is taken over. */
  globals: Float32Array | tf.Tensor4D;
  /** [L·B · h · w · C], h = w = `recipe.views.localSize`; absent when the recipe has no local views. */
  locals?: Float32Array | tf.Tensor4D;
}

/** Throws a SemmaeError when sizes, counts or channels are not those of the recipe and its encoder. */
export function viewTensors(
  { views: { globalSize, localSize, localCount } }: SelfDistillationRecipe,
  { globals, locals }: PixelViews,
  channels: number,
): DistillationViews {
  const ofGlobals = asTensor('globals', globals, [globalSize, globalSize, channels]);
  const images = ofGlobals.shape[0] / 2;
  if (!Number.isInteger(images)) throw wrong('globals must hold 2 views of each image', `${ofGlobals.shape[0]} views`);
  if (localCount === 0) return { globals: ofGlobals };
  const requirement = `locals must hold ${localCount} views of each of ${images} images`;
  if (locals === undefined) throw wrong(requirement, 'none');
  const ofLocals = asTensor('locals', locals, [localSize, localSize, channels]);
  if (ofLocals.shape[0] !== localCount * images) throw wrong(requirement, `${ofLocals.shape[0]} views`);
  return { globals: ofGlobals, locals: ofLocals };
}

function asTensor(
  name: string,
  values: Float32Array | tf.Tensor4D,
  [height, width, channels]: readonly [number, number, number],
): tf.Tensor4D {
  if (!(values instanceof Float32Array)) return values;
  const count = values.length / (height * width * channels);
  if (!Number.isInteger(count) || count === 0) {
    const requirement = `${name} must hold views of ${height} x ${width} pixels in ${channels} channels`;
    throw wrong(requirement, `${values.length} values`);
  }
  return tf.tensor4d(values, [count, height, width, channels]);
}

function wrong(requirement: string, got: string): SemmaeError {
  return new SemmaeError({
    where: 'trainSelfDistillation',
    requirement,
    got,
    remedy: 'lay the views out view by view: the first of all images, then the second',
  });
}
