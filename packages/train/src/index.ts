// Objectives, optimiser, schedules, a resumable trainer and evaluation protocols.

export { type AdamWOptions, adamW } from './adamw';
export type { HeldOutScore } from './choose-penalty';
export { type Compile, runDirectly, type TensorFunction, type TensorGroup } from './compile';
export {
  type ExtractedFeatures,
  type ExtractFeaturesOptions,
  extractFeatures,
  type LabelledBatch,
} from './extract-features';
export {
  type KNearestNeighboursOptions,
  type KNearestNeighboursResult,
  kNearestNeighbours,
} from './k-nearest-neighbours';
export { type LinearProbeOptions, type LinearProbeResult, linearProbe } from './linear-probe';
export { type MAEObjectiveOptions, maeObjective, reconstructionTarget } from './mae-objective';
export { type MaskedImageBatch, maskedImageBatch } from './masked-image-batch';
export type { StepRecord } from './metrics-log';
export { type MovingAverage, type MovingAverageOptions, movingAverage } from './moving-average';
export type { Objective, TensorBatch } from './objective';
export type { Optimizer, OptimizerInputs, OptimizerMoment } from './optimizer';
export { scaledLearningRate } from './scaled-learning-rate';
export { constantLearningRate, type Schedule } from './schedule';
export { type TrainOptions, type TrainProgress, type TrainResult, train } from './train';
export { type StepMetrics, type TrainStep, type TrainStepOptions, trainStep } from './train-step';
export { type WarmupCosineOptions, warmupCosine } from './warmup-cosine';
export { decaysInPreTraining } from './weight-decay-rule';
