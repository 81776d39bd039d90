// A mask in place, from any strategy.

import type { Rng } from '@semmae/core';

import type { MaskingContext, MaskingStrategy } from './masking-strategy';

/** Writes the strategy's mask over all N entries of `hidden`, by its `hide` where it has one. */
export function hideWith(strategy: MaskingStrategy, context: MaskingContext, hidden: Uint8Array, rng: Rng): void {
  if (strategy.hide !== undefined) {
    strategy.hide(context, hidden, rng);
    return;
  }
  const { masked } = strategy.sample(context, rng);
  hidden.fill(0);
  for (let place = 0; place < masked.length; place++) hidden[masked[place]!] = 1;
}
