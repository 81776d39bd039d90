// The learning rate of MAE: up in a line, down in a cosine.

import { assertInteger, assertRange } from '@semmae/core';

import type { Schedule } from './schedule';

export interface WarmupCosineOptions {
  /** The learning rate at the end of the warm-up. */
  baseLearningRate: number;
  /** Steps of linear rise from 0. MAE: 40 epochs of 800. */
  warmupSteps: number;
  totalSteps: number;
  /** Where the cosine ends. Default 0. */
  minimumLearningRate?: number;
}

/**
 * Linear warm-up from 0, then half a cosine down to `minimumLearningRate`; past `totalSteps` it stays there.
 * The first step has learning rate 0 when there is a warm-up, as in MAE's per-iteration schedule.
 *
 * Reference: MAE Table 8, https://arxiv.org/abs/2111.06377; Loshchilov & Hutter, SGDR, https://arxiv.org/abs/1608.03983
 */
export function warmupCosine({
  baseLearningRate,
  warmupSteps,
  totalSteps,
  minimumLearningRate = 0,
}: WarmupCosineOptions): Schedule {
  assertRange('warmupCosine', 'baseLearningRate', baseLearningRate, 0, Number.MAX_VALUE);
  assertInteger('warmupCosine', 'totalSteps', totalSteps);
  assertInteger('warmupCosine', 'warmupSteps', warmupSteps, { least: 0 });
  assertRange('warmupCosine', 'warmupSteps', warmupSteps, 0, totalSteps);
  assertRange('warmupCosine', 'minimumLearningRate', minimumLearningRate, 0, baseLearningRate);
  return (completedSteps) => {
    if (completedSteps < warmupSteps) return (baseLearningRate * completedSteps) / warmupSteps;
    const progress = Math.min(1, (completedSteps - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    return minimumLearningRate + ((baseLearningRate - minimumLearningRate) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}
