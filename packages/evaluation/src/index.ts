// Evaluation protocols on the features of a frozen encoder.

export type { HeldOutScore } from './choose-penalty';
export { heldOutSplit, type HeldOutSplit } from './held-out-split';
export { type KNearestNeighborsOptions, type KNearestNeighborsResult, kNearestNeighbors } from './k-nearest-neighbors';
export type { FeatureShape, LabeledFeatures } from './labeled-features';
export { type LinearProbeOptions, type LinearProbeResult, linearProbe } from './linear-probe';
