// How often each patch is masked: one picture shows every bias of a masking strategy.

import { type MaskStatisticsOptions, maskStatistics } from './mask-statistics';
import type { BatchMaskingStrategy, MaskingContext, MaskingStrategy } from './masking-strategy';

/** [N] fraction of the masks that hide each patch, in [0, 1]: `maskStatistics` without the rest. */
export function maskFrequency(
  strategy: MaskingStrategy | BatchMaskingStrategy,
  context: MaskingContext,
  options: MaskStatisticsOptions,
): Float64Array {
  return maskStatistics(strategy, context, options).frequency;
}
