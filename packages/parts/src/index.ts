// Semantic part learning (SemMAE §3.1): the model, its losses, part maps on the host, and scores against ground truth.

export { adjustedRandIndex } from './metrics/adjusted-rand-index';
export { type AttentionHeadPartsOptions, attentionHeadParts } from './attention-head-parts';
export { type AttentionMapOptions, attentionMaps, type SoftmaxAxis } from './attention-maps';
export type { BackgroundRule } from './background-mask';
export { diversityLoss } from './diversity-loss';
export { majorityFilter } from './majority-filter';
export { ignoredLabel, type MajorityPatchLabelsOptions, majorityPatchLabels } from './metrics/majority-patch-labels';
export { blurKernel, blurMatrix, defaultBlurSize, type MapBlur } from './map-blur';
export { mapPerplexity } from './map-perplexity';
export { normalizedMutualInformation } from './metrics/normalized-mutual-information';
export { otsuThreshold } from './otsu-threshold';
export {
  type GateInitialization,
  type PartAttention,
  type PartAttentionOptions,
  partAttention,
} from './part-attention';
export { type ContingencyTable, type PartContingency, partContingency } from './metrics/part-contingency';
export {
  type PartBatch,
  type PartLearner,
  type PartLearnerOptions,
  type PartMetrics,
  partLearner,
} from './part-learner';
export { type PartMap, type PartMapOptions, partMap } from './part-map';
export { type PartGates, partTokens } from './part-tokens';
export { type PartUsage, partUsage } from './metrics/part-usage';
export { type ResamplePartAttentionOptions, resamplePartAttention } from './resample-part-attention';
export { type PartScorer, type PartScores, partScorer, type ScoredParts, scoreParts } from './metrics/score-parts';
export { topPatches } from './top-patches';
