// From the options of a training of parts to the configuration that its file keeps.

import { assertInteger, assertOneOf, assertRange, SemmaeError } from '@semmae/core';
import { type PartLearnerOptions, placeCodeWidth } from '@semmae/parts';

import { assertPlaceFrame } from '../features/assert-place-frame';
import { featureGeometry, type GeometryOptions } from '../features/feature-geometry';
import type { FeatureStore } from '../features/feature-store';
import { assertKeptShare, keepsSome } from '../features/kept-patches';
import type { TokenPreparationChoice, TokenSource } from '../features/token-choices';
import type { EncoderModel } from '../models/encoder-file';
import type { ClassTokenSource, PartsConfig } from '../models/parts-file';

export const decoderNames = ['tiny', 'small', 'base', 'large'] as const;
export type DecoderName = (typeof decoderNames)[number];

/** Options of `partLearner` that the features decide, or that have a shorter form here. */
type Decided = 'channels' | 'grid' | 'mapGrid' | 'keptCount' | 'decoder' | 'seed' | 'shareProjection';

export interface PartsConfigOptions extends Omit<PartLearnerOptions, Decided>, GeometryOptions, TokenPreparationChoice {
  encoder: EncoderModel;
  /** Their geometry, tokens and share of patches go before the options'. */
  features?: FeatureStore;
  /** Default 'output'. */
  tokens?: TokenSource;
  /** What F_c is. Default 'class', as in the paper; 'mean' where the encoder has no class token. */
  classToken?: ClassTokenSource;
  /** Width of the decoder. Default 'small'. */
  decoder?: DecoderName;
  /** Doublings from the maps to what the decoder redraws. Default 2: four pixels a cell, parts need no more. */
  decoderStages?: number;
  /** Width that F_c is squeezed to before it styles the decoder, where the decoder paints from F_c alone. Default: none. */
  styleBottleneck?: number;
  /** Two projections in Eq. 2 instead of one. Default false. */
  separateProjection?: boolean;
  /** Default 0. */
  seed?: number;
}

export function partsConfig(options: PartsConfigOptions): PartsConfig {
  const { encoder, features, seed = 0 } = options;
  const hasClassToken = encoder.encoder.prefix.classToken;
  const { classToken: classTokenSource = hasClassToken ? 'class' : 'mean' } = options;
  const { decoder = 'small', decoderStages = 2, styleBottleneck, standardize, placeWeight, placeFrame } = options;
  const tokens = features?.tokens ?? options.tokens ?? 'output';
  const keptShare = features?.keptShare ?? options.keptShare;
  const geometry = features?.geometry ?? featureGeometry(encoder, options);
  assertKeptShare(encoder, geometry, keptShare);
  assertOneOf('learnParts', '`tokens`', tokens, ['output', 'qk']);
  assertOneOf('learnParts', '`classToken`', classTokenSource, ['class', 'mean', 'shared']);
  if (classTokenSource === 'class' && !hasClassToken) {
    throw new SemmaeError({
      where: '`classToken`',
      requirement: 'class needs an encoder with a class token',
      got: `${encoder.id}, which has none`,
      remedy: 'choose mean or shared',
    });
  }
  assertOneOf('learnParts', '`decoder`', decoder, decoderNames);
  assertInteger('learnParts', '`decoderStages`', decoderStages, { least: 0 });
  if (placeWeight !== undefined) assertRange('learnParts', '`placeWeight`', placeWeight, 0, Number.MAX_VALUE);
  assertPlaceFrame('learnParts', options);
  if (features !== undefined && features.encoder.hash !== encoder.hash) {
    const requirement = `features must be those of the encoder ${encoder.id}`;
    throw new SemmaeError({ where: 'learnParts', requirement, got: features.encoder.id });
  }
  if (options.gateInitialization === 'heads' && (standardize || placeWeight)) {
    throw new SemmaeError({
      where: 'learnParts',
      requirement: '`gateInitialization` heads needs the tokens as the encoder made them',
      got: standardize ? 'standardized tokens' : `a place code of weight ${placeWeight}`,
      remedy: 'use xavier',
    });
  }
  const { partCount = 6, softmaxAxis = 'positions', diversityWeight = 0.03, ...others } = options;
  const { hiddenWidth, projectionWidth, temperature, learnTemperature } = others;
  const shareProjection = others.separateProjection ? false : undefined;
  const { gateInitialization, gateGain, gateBias, headGateBias, blur } = others;
  const { equivarianceWeight, balanceWeight, consistencyWeight, variationWeight, styleNoise, styleDropout } = others;
  return {
    encoder: { id: encoder.id, hash: encoder.hash },
    geometry,
    tokens,
    classTokenSource,
    standardize,
    placeWeight,
    ...(keepsSome(keptShare) && { keptShare }), // likewise
    placeFrame: placeFrame === 'object' ? placeFrame : undefined, // files and runs without one have places in the image
    learner: {
      channels: encoder.encoder.width + (placeWeight ? placeCodeWidth : 0),
      ...{ partCount, softmaxAxis, diversityWeight, hiddenWidth, projectionWidth, temperature, learnTemperature },
      ...{ shareProjection, gateInitialization, gateGain, gateBias, headGateBias, blur },
      ...{ equivarianceWeight, balanceWeight, consistencyWeight, variationWeight, styleNoise, styleDropout },
      decoder: {
        ...{ preset: decoder, upStages: decoderStages, styleBottleneck },
        ...(encoder.encoder.channels !== 3 && { imageChannels: encoder.encoder.channels }),
      },
      seed,
    },
  };
}

/** Pixels that the decoder redraws. */
export function outputSizeOf({ geometry: { mapGrid }, learner }: PartsConfig): { height: number; width: number } {
  const side = 2 ** (learner.decoder?.upStages ?? 0);
  return { height: mapGrid.rows * side, width: mapGrid.columns * side };
}
