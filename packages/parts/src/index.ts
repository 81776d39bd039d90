// Semantic part learning (SemMAE §3.1): the model, its losses, part maps on the host, and scores against ground truth.

export { type AttentionHeadPartsOptions, attentionHeadParts } from './baselines/attention-head-parts';
export { type AttentionMapOptions, attentionMaps, type SoftmaxAxis } from './maps/attention-maps';
export type { BackgroundRule } from './maps/background-mask';
export {
  type ColorImage,
  type ColorPositionPartsOptions,
  colorPositionParts,
} from './baselines/color-position-parts';
export { cutBackground } from './baselines/cut-background';
export { type ClusterParts, type KMeansPartsOptions, kMeansParts } from './baselines/k-means-parts';
export { type RandomPartsOptions, randomParts } from './baselines/random-parts';
export { spatialGridParts } from './baselines/spatial-grid-parts';
export { borderLikenessSaliency } from './maps/border-saliency/border-likeness-saliency';
export { borderPathSaliency } from './maps/border-saliency/border-path-saliency';
export type { BorderSaliencyOptions } from './maps/border-saliency/token-directions';
export { diversityLoss } from './losses/diversity-loss';
export { type DrawnParts, type DrawPartsOptions, drawParts } from './maps/draw-parts';
export { dropSmallComponents } from './maps/drop-small-components';
export { type GridRoute, type GridRouteName, type GridRouteOptions, gridRoute } from './tokens/grid-route';
export { type KeptPartMap, keptPartMap } from './maps/kept-part-map';
export { majorityFilter } from './maps/majority-filter';
export { blurKernel, defaultBlurSize, type MapBlur } from './maps/map-blur';
export { mapPerplexity } from './maps/map-perplexity';
export { mapUsage } from './maps/map-usage';
export { adjustedRandIndex } from './metrics/adjusted-rand-index';
export { areaUnderCurve, type RankedSamples } from './metrics/area-under-curve';
export { centersOfParts, landmarksOfParts } from './metrics/centers-of-parts';
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
export { type PartLandmarksOptions, type PredictedImages, partLandmarks } from './metrics/part-landmarks';
export { type PartMatching, partMatching } from './metrics/part-matching';
export { type PartUsage, partUsage } from './metrics/part-usage';
export type { PartTruth } from './metrics/part-truth';
export { type PartScorer, type PartScores, partScorer, type ScoredParts } from './metrics/part-scorer';
export { otsuThreshold } from './maps/otsu-threshold';
export { type PartAttention, partAttention } from './attention/part-attention';
export type { GateInitialization, PartAttentionOptions } from './attention/part-attention-options';
export type { PartBatch, PartMetrics } from './learner/part-batch';
export { type PartLearner, type PartLearnerOptions, partLearner } from './learner/part-learner';
export type { PartLossWeights } from './losses/part-loss-terms';
export { type PartMap, type PartMapOptions, partMap } from './maps/part-map';
export { type PartGates, partTokens } from './attention/part-tokens';
export { areaBalanceLoss } from './losses/area-balance-loss';
export { type FeatureConsistencyOptions, featureConsistencyLoss } from './losses/feature-consistency-loss';
export { type FlipEquivarianceOptions, flipEquivarianceLoss } from './losses/flip-equivariance-loss';
export { totalVariationLoss } from './losses/total-variation-loss';
export { type ResamplePartAttentionOptions, resamplePartAttention } from './maps/resample-part-attention';
export { type RescueDeadPartsOptions, rescueDeadParts } from './learner/rescue-dead-parts';
export { drawStylePerturbation, type StyleDraws, type StylePerturbationOptions } from './learner/style-perturbation';
export { placeCode, placeCodeWidth } from './tokens/place-code';
export {
  frameOfPatches,
  imageFrame,
  objectFrame,
  type PlaceFrame,
  type PlaceFrameName,
  placeFrames,
} from './tokens/place-frame';
export { type TokenPreparation, type TokenPreparationOptions, tokenPreparation } from './tokens/token-preparation';
export { type TokenScaling, tokenScaling } from './tokens/token-scaling';
export { topPatches } from './maps/top-patches';
