// Makes a masking strategy from a function that says which patches are hidden.

import type { Rng } from '@semmae/core';
import type { BatchMaskingStrategy, MaskingContext, MaskingGuidance, MaskingStrategy } from './masking-strategy';
import { patchMaskOfHidden } from './patch-mask';

export interface StrategyFromHideOptions {
  name: string;
  /** Default `none`. */
  guidance?: MaskingGuidance | undefined;
  /** Sets all N entries of `hidden` to 1 (masked) or 0, whatever they were before. */
  hide(context: MaskingContext, hidden: Uint8Array, rng: Rng): void;
}

/** The strategy whose `sample` is what `hide` says, as lists. */
export function strategyFromHide({
  name,
  guidance = 'none',
  hide,
}: StrategyFromHideOptions): Required<MaskingStrategy> {
  let hidden = new Uint8Array(0); // [N] used by one `sample` at a time and never handed out
  return {
    name,
    guidance,
    hide,
    sample(context, rng) {
      const { patchCount } = context.grid;
      if (hidden.length !== patchCount) hidden = new Uint8Array(patchCount);
      hide(context, hidden, rng);
      return patchMaskOfHidden(hidden);
    },
  };
}

/** The batch strategy whose `sampleBatch` is what `hideBatch` says, as lists. */
export function strategyFromHideBatch(
  strategy: Required<Pick<BatchMaskingStrategy, 'name' | 'guidance' | 'hideBatch'>>,
): BatchMaskingStrategy {
  return {
    ...strategy,
    sampleBatch(contexts, rng) {
      const [first] = contexts;
      if (first === undefined) return [];
      const { patchCount } = first.grid;
      const hidden = new Uint8Array(contexts.length * patchCount);
      strategy.hideBatch(contexts, hidden, rng);
      return contexts.map((_, image) =>
        patchMaskOfHidden(hidden.subarray(image * patchCount, (image + 1) * patchCount)),
      );
    },
  };
}
