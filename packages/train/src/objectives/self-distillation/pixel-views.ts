// The views of a batch as callers have them, flat pixels, and as the trainer needs them, tensors.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { DistillationViews } from './distillation-batches';
import type { SelfDistillationRecipe } from './self-distillation-recipe';

/** Normalized pixels of the views of a batch, view by view: the first of all images, then the second, … */
export interface PixelViews {
  /** [2B · H · W · 3], H = W = `recipe.views.globalSize`; or the tensor [2B, H, W, 3], which is taken over. */
  globals: Float32Array | tf.Tensor4D;
  /** [L·B · h · w · 3], h = w = `recipe.views.localSize`; absent when the recipe has no local views. */
  locals?: Float32Array | tf.Tensor4D;
}

/** Throws a SemmaeError when sizes or counts are not those of the recipe. */
export function viewTensors(
  { views: { globalSize, localSize, localCount } }: SelfDistillationRecipe,
  { globals, locals }: PixelViews,
): DistillationViews {
  const ofGlobals = asTensor('globals', globals, globalSize);
  const images = ofGlobals.shape[0] / 2;
  if (!Number.isInteger(images)) throw wrong('globals must hold 2 views of each image', `${ofGlobals.shape[0]} views`);
  if (localCount === 0) return { globals: ofGlobals };
  const requirement = `locals must hold ${localCount} views of each of ${images} images`;
  if (locals === undefined) throw wrong(requirement, 'none');
  const ofLocals = asTensor('locals', locals, localSize);
  if (ofLocals.shape[0] !== localCount * images) throw wrong(requirement, `${ofLocals.shape[0]} views`);
  return { globals: ofGlobals, locals: ofLocals };
}

function asTensor(name: string, values: Float32Array | tf.Tensor4D, size: number): tf.Tensor4D {
  if (!(values instanceof Float32Array)) return values;
  const count = values.length / (size * size * 3);
  if (!Number.isInteger(count) || count === 0)
    throw wrong(`${name} must hold views of ${size} x ${size} pixels in three colors`, `${values.length} values`);
  return tf.tensor4d(values, [count, size, size, 3]);
}

function wrong(requirement: string, got: string): SemmaeError {
  return new SemmaeError({
    where: 'trainSelfDistillation',
    requirement,
    got,
    remedy: 'lay the views out view by view: the first of all images, then the second',
  });
}
