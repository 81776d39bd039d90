// What features are worth by every protocol at once.

import { assertOneOf } from '@semmae/core';
import type { Compile } from '@semmae/train';

import { type KNearestNeighborsResult, neighborSweep } from './k-nearest-neighbors';
import type { TrainTestFeatures } from './labeled-features';
import { linearProbe } from './linear-probe';

export type Protocol = 'linear' | 'knn';
export const protocolNames: readonly Protocol[] = ['linear', 'knn'];

export interface EvaluateFeaturesOptions extends TrainTestFeatures {
  /** Default: both. */
  protocols?: readonly Protocol[];
  /** The k of k-NN. Default 10, 20, 100 and 200, which DINO reports; n stands for 20 where there are fewer. */
  neighbors?: readonly number[];
  /** Of the linear probe. Default 0. */
  seed?: number;
  compile?: Compile;
}

export interface ProtocolScore extends KNearestNeighborsResult {
  protocol: Protocol;
  /** Of k-NN. */
  k?: number;
}

export interface FeatureEvaluation {
  scores: ProtocolScore[];
  /** The k that the training set is too small for. */
  neighborsLeftOut: number[];
}

/** `linearProbe` and `neighborSweep` with their defaults. */
export async function evaluateFeatures(options: EvaluateFeaturesOptions): Promise<FeatureEvaluation> {
  const { protocols = protocolNames, neighbors, seed, compile, ...sets } = options;
  const evaluation: FeatureEvaluation = { scores: [], neighborsLeftOut: [] };
  for (const protocol of protocols) {
    assertOneOf('evaluateFeatures', 'protocol', protocol, protocolNames);
    if (protocol === 'linear') {
      const { accuracy, top5Accuracy, predictions } = await linearProbe({ ...sets, seed, compile });
      evaluation.scores.push({ protocol, accuracy, top5Accuracy, predictions });
    } else {
      const { scores, leftOut } = await neighborSweep({ ...sets, neighbors });
      evaluation.scores.push(...scores.map((score) => ({ protocol, ...score })));
      evaluation.neighborsLeftOut = leftOut;
    }
  }
  return evaluation;
}
