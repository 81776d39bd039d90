// Stops a run at the first loss or gradient that is no number, and says how it came to that.

import { SemmaeError } from '@semmae/core';

/** Steps shown in the report. */
const remembered = 5;

export interface DivergenceGuard {
  /** Throws a SemmaeError when `loss` or `gradientNorm` of `step` is not finite; `broken` says what of the batch was not. */
  check(step: number, loss: number, gradientNorm: number, broken?: string): void;
}

export function createDivergenceGuard(): DivergenceGuard {
  const history: { loss: number; gradientNorm: number }[] = [];
  return {
    check(step, loss, gradientNorm, broken) {
      history.push({ loss, gradientNorm });
      if (history.length > remembered) history.shift();
      if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
      if (broken !== undefined) {
        throw new SemmaeError({
          where: `train, step ${step}`,
          requirement: 'the batch must be finite',
          got: broken,
          remedy: 'look at that image; the last checkpoint is from before',
        });
      }
      const list = (name: 'loss' | 'gradientNorm') => history.map((entry) => entry[name].toPrecision(4)).join(', ');
      throw new SemmaeError({
        where: `train, step ${step}`,
        requirement: 'loss and gradients must be finite',
        got: `losses ${list('loss')} and gradient norms ${list('gradientNorm')} in the last ${history.length} steps`,
        remedy:
          'the last checkpoint is from before; lower the learning rate, lengthen the warm-up or set clipNorm (1 to 3)',
      });
    },
  };
}
