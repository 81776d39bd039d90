// Learning rates as pure functions of the number of steps already taken.

import { assertRange } from '@semmae/core';

/** The learning rate of the step that follows `completedSteps` (0 before the first). */
export type Schedule = (completedSteps: number) => number;

/** The same learning rate at every step. */
export function constantLearningRate(learningRate: number): Schedule {
  assertRange('constantLearningRate', 'learningRate', learningRate, 0, Number.MAX_VALUE);
  return () => learningRate;
}
