// A straight line from one value to another, for temperatures that warm up.

import { assertInteger } from '@semmae/core';

import type { Schedule } from './schedule';

/** `start` before the first step, `end` after `steps` steps and from then on. With `steps` 0 it is `end` throughout. */
export function lineBetween({ start, end, steps }: { start: number; end: number; steps: number }): Schedule {
  assertInteger('lineBetween', 'steps', steps, { least: 0 });
  return (completedSteps) => (completedSteps >= steps ? end : start + ((end - start) * completedSteps) / steps);
}
