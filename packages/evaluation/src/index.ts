// Evaluation protocols on the features of a frozen encoder.

// Protocols
export {
  type EvaluateFeaturesOptions,
  evaluateFeatures,
  type FeatureEvaluation,
  type Protocol,
  type ProtocolScore,
  protocolNames,
} from './evaluate-features';
export {
  type KNearestNeighborsOptions,
  type KNearestNeighborsResult,
  kNearestNeighbors,
  type NeighborSweep,
  type NeighborSweepOptions,
  neighborSweep,
} from './k-nearest-neighbors';
export type { HeldOutScore } from './choose-penalty';
export { type LinearProbeOptions, type LinearProbeResult, linearProbe } from './linear-probe';

// Labeled features and their splits
export { heldOutSplit, type HeldOutSplit } from './held-out-split';
export { type FeatureShape, type LabeledFeatures, selectRows, type TrainTestFeatures } from './labeled-features';

// Models against each other
export { comparePaired, type PairedComparison } from './compare-paired';
