// Objectives, optimizer, schedules, a resumable trainer and evaluation protocols.

export { type AdamWOptions, adamW } from './adamw';
export type { AdversarialBatch } from './adversarial-masking/adversarial-batch';
export {
  type AdversarialPlayers,
  adversarialEncoderObjective,
} from './adversarial-masking/adversarial-encoder-objective';
export {
  type AdversarialMaskObjectiveOptions,
  adversarialMaskObjective,
} from './adversarial-masking/adversarial-mask-objective';
export { type AdversarialStepOptions, adversarialStep } from './adversarial-masking/adversarial-step';
export { type BYOL, type BYOLOptions, byol } from './adversarial-masking/byol';
export type { MapNormalization } from './adversarial-masking/group-normalization';
export { type MaskNetwork, type MaskNetworkOptions, maskNetwork } from './adversarial-masking/mask-network';
export type { ImageEmbedder, SiameseModel, SiameseTarget, ViewPair } from './adversarial-masking/siamese-model';
export { normalizedCrossEntropy, type SimCLROptions, simclr } from './adversarial-masking/simclr';
export { type SimSiamOptions, simsiam } from './adversarial-masking/simsiam';
export { type SoftMaskMaskingOptions, softMaskMasking } from './adversarial-masking/soft-mask-masking';
export { type SoftMasks, softMaskReader } from './adversarial-masking/soft-masks';
export { sparsityPenalty } from './adversarial-masking/sparsity-penalty';
export {
  type TrainAdversarialMaskingOptions,
  trainAdversarialMasking,
} from './adversarial-masking/train-adversarial-masking';
export { type ViTEmbedder, type ViTEmbedderOptions, vitEmbedder } from './adversarial-masking/vit-embedder';
export type { HeldOutScore } from './choose-penalty';
export { clipEachGradient } from './clip-each-gradient';
export { type Compile, runDirectly, type TensorFunction, type TensorGroup } from './compile';
export { cosineBetween } from './cosine-between';
export {
  type ExtractedFeatures,
  type ExtractFeaturesOptions,
  extractFeatures,
  type LabeledBatch,
} from './extract-features';
export { type FreezeAtFirstOptions, freezeAtFirst } from './freeze-at-first';
export type { GradientTransform } from './gradient-transform';
export {
  type KNearestNeighborsOptions,
  type KNearestNeighborsResult,
  kNearestNeighbors,
} from './k-nearest-neighbors';
export { lineBetween } from './line-between';
export { type LinearProbeOptions, type LinearProbeResult, linearProbe } from './linear-probe';
export { type MAEObjectiveOptions, maeObjective, reconstructionTarget } from './mae-objective';
export { type MAERecipe, type MAERecipeName, maeRecipe, maeRecipeNames } from './mae-recipe';
export { type MaskedImageBatch, maskedImageBatch } from './masked-image-batch';
export type { StepRecord } from './metrics-log';
export { type MovingAverage, type MovingAverageOptions, movingAverage } from './moving-average';
export type { Objective, TensorBatch } from './objective';
export type { Optimizer, OptimizerInputs, OptimizerMoment } from './optimizer';
export { scaledLearningRate } from './scaled-learning-rate';
export { constantLearningRate, type Schedule } from './schedule';
export {
  type CollapseDetector,
  type CollapseDetectorOptions,
  type CollapseObservation,
  collapseDetector,
} from './self-distillation/collapse-detector';
export type { DistillationBatch } from './self-distillation/distillation-batch';
export {
  type DistillationBatchesOptions,
  type DistillationViews,
  distillationBatches,
} from './self-distillation/distillation-batches';
export {
  type ClassDistillationInput,
  classDistillationLoss,
  type PatchDistillationInput,
  patchDistillationLoss,
} from './self-distillation/distillation-losses';
export { type DistillationNetwork, prototypeVariables } from './self-distillation/distillation-network';
export type { PixelViews } from './self-distillation/pixel-views';
export { recipeMasking } from './self-distillation/recipe-masking';
export { type RecipeNetworks, recipeNetworks } from './self-distillation/recipe-networks';
export { type RecipeSchedules, recipeSchedules } from './self-distillation/recipe-schedules';
export {
  type RestorationDecoder,
  type RestorationDecoderOptions,
  restorationDecoder,
} from './self-distillation/restoration-decoder';
export {
  type SelfDistillationObjectiveOptions,
  selfDistillationObjective,
} from './self-distillation/self-distillation-objective';
export {
  type RecipeMasking,
  type SelfDistillationRecipe,
  type SelfDistillationRecipeName,
  selfDistillationRecipe,
  selfDistillationRecipeNames,
} from './self-distillation/self-distillation-recipe';
export { type TeacherAverageOptions, teacherAverage } from './self-distillation/teacher-average';
export {
  type TeacherMoment,
  type TeacherOutput,
  type TeacherPass,
  type TeacherPassOptions,
  teacherPass,
} from './self-distillation/teacher-pass';
export {
  type SelfDistillationResult,
  type TrainSelfDistillationOptions,
  trainSelfDistillation,
} from './self-distillation/train-self-distillation';
export { type ViewMasking, type ViewMaskingContext, viewMasking } from './self-distillation/view-masking/view-masking';
export { type SGDOptions, sgd } from './sgd';
export { type TrainOptions, type TrainProgress, type TrainResult, train } from './train';
export { type StepMetrics, type TrainStep, type TrainStepOptions, trainStep } from './train-step';
export { type WarmupCosineOptions, warmupCosine } from './warmup-cosine';
export { decaysInPreTraining } from './weight-decay-rule';
