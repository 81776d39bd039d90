// Half a cosine from one value to another, for weight decay and a teacher's momentum.

import { assertInteger } from '@semmae/core';

import type { Schedule } from './schedule';

/**
 * `start` before the first step, `end` after `totalSteps`, and half a cosine between; it stays at `end`.
 *
 * Reference: DINO's weight decay (0.04 to 0.4) and momentum (0.996 to 1), https://arxiv.org/abs/2104.14294
 */
export function cosineBetween({
  start,
  end,
  totalSteps,
}: {
  start: number;
  end: number;
  totalSteps: number;
}): Schedule {
  assertInteger('cosineBetween', 'totalSteps', totalSteps);
  return (completedSteps) =>
    end + ((start - end) * (1 + Math.cos(Math.PI * Math.min(1, completedSteps / totalSteps)))) / 2;
}
