// From the name of a method to what predicts with it.

import { assertInteger, assertOneOf, SemmaeError } from '@semmae/core';

import { assertPlaceFrame } from '../features/assert-place-frame';
import { attentionHeads } from './attention-heads';
import { backgroundChoices, cutRule, defaultBackground } from './encoder-saliency';
import { kMeansClusters } from './k-means';
import { learnedParts } from './learned-parts';
import { type PartPredictor, partMethods } from './part-predictor';
import type { PredictorOptions, ResolvedOptions } from './predictor-options';
import { chance, colors, groundTruth, spatialGrid } from './without-features';

/** Throws a SemmaeError when the method lacks what it needs. The caller disposes the predictor. */
export async function createPredictor(choice: PredictorOptions): Promise<PartPredictor> {
  const options = { ...choice, background: choice.background ?? defaultBackground(choice.encoder) };
  const { method, background, partCount = 6 } = options;
  assertOneOf('parts', '`method`', method, partMethods);
  assertOneOf('parts', '`background`', background, backgroundChoices);
  assertInteger('parts', 'partCount', partCount);
  assertPlaceFrame('parts', options);
  const mapless = method !== 'learned' && method !== 'attention-heads';
  if (mapless && cutRule(background) !== 'otsu' && background !== 'none') {
    throw new SemmaeError({
      where: `parts, method ${method}`,
      requirement: 'the background of a method without maps must be otsu, border-path, border-likeness or none',
      got: background,
    });
  }
  assertClassToken(options, mapless);
  switch (method) {
    case 'learned':
      return learnedParts(options);
    case 'attention-heads':
      return attentionHeads(options);
    case 'k-means':
      return kMeansClusters(options);
    case 'color':
      return colors(options);
    case 'grid':
      return spatialGrid(options);
    case 'random':
      return chance(options);
    case 'ground-truth':
      return groundTruth(options);
    default:
      return method satisfies never;
  }
}

/** Heads are its attention, and so is what Otsu cuts where maps say nothing about the background. */
function assertClassToken({ method, encoder, parts, background }: ResolvedOptions, mapless: boolean): void {
  if (encoder === undefined || encoder.encoder.prefix.classToken || method === 'ground-truth') return;
  const isCut = background !== 'none' && background === cutRule(background);
  const cutsAttention = isCut && (mapless || parts?.config.learner.softmaxAxis === 'parts');
  if (method !== 'attention-heads' && !cutsAttention) return;
  throw new SemmaeError({
    where: `parts, method ${method}`,
    requirement: `${method === 'attention-heads' ? 'the method' : `background ${background}`} needs the attention of a class token`,
    got: 'an encoder without one',
    remedy: method === 'attention-heads' ? 'choose another method' : 'choose the background border-path',
  });
}
