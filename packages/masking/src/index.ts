// Masking strategies for masked image modeling, and the index arithmetic around them.

// What grids and seeds are made of, so that this package is the only install.
export {
  createPatchGrid,
  createRng,
  type ImageSize,
  type PatchGrid,
  patchGridOfImage,
  type Rng,
  rankByScore,
} from '@semmae/core';
// Strategies
export { type AttentionMaskingOptions, type AttentionMode, attentionMasking } from './attention/attention-masking';
export { type LowAttentionMaskingOptions, lowAttentionMasking } from './attention/low-attention-masking';
export {
  type PublishedAttentionMaskingOptions,
  publishedAttentionMasking,
} from './attention/published-attention-masking';
export { type BlockMaskingOptions, blockMasking, publishedBlockMasking } from './blocks/block-masking';
export { type UnitMaskingOptions, unitMasking } from './blocks/unit-masking';
// Pieces for strategies of your own
export { fixCount } from './fix-count';
export { type GridMaskingOptions, gridMasking } from './grid-masking';
// Masks and what strategies agree on
export { type MaskBatch, type MaskBatchOptions, maskBatch } from './mask-batch';
export { maskFrequency } from './mask-frequency';
export { type MaskStatistics, type MaskStatisticsOptions, maskStatistics } from './mask-statistics';
export {
  type CountPolicy,
  type MaskedCountOptions,
  type MaskedCountRule,
  maskedCountAt,
  maskedCountRule,
} from './masked-count';
export type { BatchMaskingStrategy, MaskingContext, MaskingGuidance, MaskingStrategy } from './masking-strategy';
export { createPatchMask, type PatchMask, type PatchMaskSource, patchMaskOfHidden } from './patch-mask';
export { type RandomMaskingOptions, randomMasking } from './random-masking';
export type { RatioOptions } from './ratios/batch-from-ratios';
export { type IbotMaskingOptions, ibotMasking } from './ratios/ibot-masking';
export type { MaskRatios } from './ratios/mask-ratios';
export { mixedRatios } from './ratios/mixed-ratios';
export { type RatioMaskingOptions, ratioMasking } from './ratios/ratio-masking';
export { type SharedRatioOptions, sharedRatio } from './ratios/shared-ratio';
export { type StratifiedRatiosOptions, stratifiedRatios } from './ratios/stratified-ratios';
export { type SampleBatchOptions, sampleBatch } from './sample-batch';
export { drawWithoutReplacement } from './selection/draw-without-replacement';
export { selectHighest } from './selection/select-highest';
// Schedules of semantic masking
export {
  type AlphaSchedule,
  constantAlpha,
  polynomialAlpha,
  publishedAlpha,
  reverseAlpha,
} from './semantic/alpha-schedule';
export { type PartQuotaInput, partQuota } from './semantic/part-quota';
export { gridPatches, mostAttendedPatches, subsetContext } from './semantic/patch-subset';
export { type SemanticMaskingOptions, semanticMasking } from './semantic/semantic-masking';
export { type StrategyFromHideOptions, strategyFromHide } from './strategy-from-hide';
export { type PoolingRule, pooledMask } from './user/pooled-mask';
export { pooledScores } from './user/pooled-scores';
export { type UserMaskFunction, type UserMaskingOptions, type UserPatches, userMasking } from './user/user-masking';
export { visibleCount } from './visible-count';
