// Objectives, optimizers, schedules and a resumable trainer.

// The step: objective, gradients, compiled update
export { clipEachGradient } from './step/clip-each-gradient';
export { type Compile, runDirectly, type TensorFunction, type TensorGroup } from './step/compile';
export { type FreezeAtFirstOptions, freezeAtFirst } from './step/freeze-at-first';
export type { GradientTransform } from './step/gradient-transform';
export { type MovingAverage, type MovingAverageOptions, movingAverage } from './step/moving-average';
export type { Objective, TensorBatch } from './step/objective';
export { type StepMetrics, type TrainStep, type TrainStepOptions, trainStep } from './step/train-step';

// Optimizers
export { type AdamWOptions, adamW } from './optimizers/adamw';
export type { Optimizer, OptimizerInputs, OptimizerMoment } from './optimizers/optimizer';
export { type SGDOptions, sgd } from './optimizers/sgd';
export { decaysInPreTraining } from './optimizers/weight-decay-rule';

// Schedules
export { cosineBetween } from './schedules/cosine-between';
export { lineBetween } from './schedules/line-between';
export { scaledLearningRate } from './schedules/scaled-learning-rate';
export { constantLearningRate, type Schedule } from './schedules/schedule';
export { type WarmupCosineOptions, warmupCosine } from './schedules/warmup-cosine';

// The training loop
export type { StepRecord } from './loop/metrics-log';
export { restoreVariables, storedVariables } from './loop/stored-variables';
export { type TrainOptions, type TrainProgress, type TrainResult, train } from './loop/train';
export type { RunOptions } from './loop/train-options';

// Masked reconstruction (MAE, SemMAE)
export {
  type MAEObjectiveOptions,
  maeObjective,
  reconstructionTarget,
} from './objectives/reconstruction/mae-objective';
export { type MaskedImageBatch, maskedImageBatch } from './objectives/reconstruction/masked-image-batch';

// Self-distillation (DINO, iBOT, AttMask, MST)
export {
  type CollapseDetector,
  type CollapseDetectorOptions,
  type CollapseObservation,
  collapseDetector,
} from './objectives/self-distillation/collapse-detector';
export type { DistillationBatch } from './objectives/self-distillation/distillation-batch';
export {
  type DistillationBatchesOptions,
  type DistillationViews,
  distillationBatches,
} from './objectives/self-distillation/distillation-batches';
export {
  type ClassDistillationInput,
  classDistillationLoss,
  type PatchDistillationInput,
  patchDistillationLoss,
} from './objectives/self-distillation/distillation-losses';
export { type DistillationNetwork, prototypeVariables } from './objectives/self-distillation/distillation-network';
export type { PixelViews } from './objectives/self-distillation/pixel-views';
export { recipeMasking } from './objectives/self-distillation/recipe-masking';
export { type RecipeNetworks, recipeNetworks } from './objectives/self-distillation/recipe-networks';
export { type RecipeSchedules, recipeSchedules } from './objectives/self-distillation/recipe-schedules';
export {
  type RestorationDecoder,
  type RestorationDecoderOptions,
  restorationDecoder,
} from './objectives/self-distillation/restoration-decoder';
export {
  type SelfDistillationObjectiveOptions,
  selfDistillationObjective,
} from './objectives/self-distillation/self-distillation-objective';
export {
  type RecipeMasking,
  type SelfDistillationRecipe,
  type SelfDistillationRecipeName,
  selfDistillationRecipe,
  selfDistillationRecipeNames,
} from './objectives/self-distillation/self-distillation-recipe';
export { type TeacherAverageOptions, teacherAverage } from './objectives/self-distillation/teacher-average';
export {
  type TeacherMoment,
  type TeacherOutput,
  type TeacherPass,
  type TeacherPassOptions,
  teacherPass,
} from './objectives/self-distillation/teacher-pass';
export {
  type SelfDistillationResult,
  type TrainSelfDistillationOptions,
  trainSelfDistillation,
} from './objectives/self-distillation/train-self-distillation';
export {
  type ViewMasking,
  type ViewMaskingContext,
  viewMasking,
} from './objectives/self-distillation/view-masking/view-masking';

// Adversarial masks (ADIOS)
export type { AdversarialBatch } from './objectives/adversarial/adversarial-batch';
export {
  type AdversarialPlayers,
  adversarialEncoderObjective,
} from './objectives/adversarial/adversarial-encoder-objective';
export {
  type AdversarialMaskObjectiveOptions,
  adversarialMaskObjective,
} from './objectives/adversarial/adversarial-mask-objective';
export { type AdversarialStepOptions, adversarialStep } from './objectives/adversarial/adversarial-step';
export { type BYOL, type BYOLOptions, byol } from './objectives/adversarial/byol';
export type { MapNormalization } from './objectives/adversarial/group-normalization';
export { type MaskNetwork, type MaskNetworkOptions, maskNetwork } from './objectives/adversarial/mask-network';
export type { ImageEmbedder, SiameseModel, SiameseTarget, ViewPair } from './objectives/adversarial/siamese-model';
export { normalizedCrossEntropy, type SimCLROptions, simclr } from './objectives/adversarial/simclr';
export { type SimSiamOptions, simsiam } from './objectives/adversarial/simsiam';
export { type SoftMaskMaskingOptions, softMaskMasking } from './objectives/adversarial/soft-mask-masking';
export { type SoftMasks, softMaskReader } from './objectives/adversarial/soft-masks';
export { sparsityPenalty } from './objectives/adversarial/sparsity-penalty';
export {
  type TrainAdversarialMaskingOptions,
  trainAdversarialMasking,
} from './objectives/adversarial/train-adversarial-masking';
export { type ViTEmbedder, type ViTEmbedderOptions, vitEmbedder } from './objectives/adversarial/vit-embedder';
