// Semantic part learning (SemMAE §3.1): the model, its losses, part maps on the host, and scores against ground truth.

export { type AttentionHeadPartsOptions, attentionHeadParts } from './attention-head-parts';
export { type AttentionMapOptions, attentionMaps, type SoftmaxAxis } from './attention-maps';
export type { BackgroundRule } from './background-mask';
export { diversityLoss } from './diversity-loss';
export { majorityFilter } from './majority-filter';
export { blurKernel, blurMatrix, defaultBlurSize, type MapBlur } from './map-blur';
export { mapPerplexity } from './map-perplexity';
export { adjustedRandIndex } from './metrics/adjusted-rand-index';
export { areaUnderCurve, type RankedSamples } from './metrics/area-under-curve';
export { centresOfMass, centresOfParts, landmarksOfParts } from './metrics/centres-of-mass';
export {
  type EvaluatePartsOptions,
  evaluateParts,
  type PartAgreement,
  type PartEvaluation,
  type PartPrediction,
} from './metrics/evaluate-parts';
export { type ForegroundScorer, type ForegroundScores, foregroundScorer } from './metrics/foreground-scorer';
export { type LandmarkImages, type LandmarkScores, landmarkRegression } from './metrics/landmark-regression';
export { linearAssignment } from './metrics/linear-assignment';
export { ignoredLabel, type MajorityPatchLabelsOptions, majorityPatchLabels } from './metrics/majority-patch-labels';
export { normalizedMutualInformation } from './metrics/normalized-mutual-information';
export { partComponents } from './metrics/part-components';
export {
  mirroredPatches,
  type PartConsistency,
  type PartConsistencyScores,
  type PartView,
  partConsistency,
} from './metrics/part-consistency';
export {
  type ContingencyLabels,
  type ContingencyTable,
  type PartContingency,
  partContingency,
} from './metrics/part-contingency';
export { type PartMatching, partMatching } from './metrics/part-matching';
export { type PartUsage, partUsage } from './metrics/part-usage';
export type { PartTruth } from './metrics/patch-label-counts';
export { type PartScorer, type PartScores, partScorer, type ScoredParts, scoreParts } from './metrics/score-parts';
export { otsuThreshold } from './otsu-threshold';
export {
  type GateInitialization,
  type PartAttention,
  type PartAttentionOptions,
  partAttention,
} from './part-attention';
export {
  type PartBatch,
  type PartLearner,
  type PartLearnerOptions,
  type PartMetrics,
  partLearner,
} from './part-learner';
export { type PartMap, type PartMapOptions, partMap } from './part-map';
export { type PartGates, partTokens } from './part-tokens';
export { type ResamplePartAttentionOptions, resamplePartAttention } from './resample-part-attention';
export { topPatches } from './top-patches';
