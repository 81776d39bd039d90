// The stages of part learning as functions, and what a command line around them needs.

// Around the stages
export { type BackendName, backendNames, type SelectedBackend, selectBackend } from './backends/select-backend';
// Stages
export { type EncodedFeatures, type EncodeFeaturesOptions, encodeFeatures } from './features/encode-features';
export type { ImageFeatures } from './features/feature-extractor';
export type { FeatureGeometry, GeometryOptions, GridSize, ImageSize } from './features/feature-geometry';
export {
  type FeatureRequest,
  type FeatureStore,
  type FeatureStoreOptions,
  featureStore,
} from './features/feature-store';
export type { TokenPreparationChoice, TokenSource } from './features/token-choices';
export { Interrupted } from './interrupted';
// Files
export {
  describeEncoder,
  type EncoderModel,
  type EncoderProvenance,
  loadEncoder,
  saveEncoder,
} from './model-files/encoder-file';
export {
  type ClassTokenSource,
  loadParts,
  type PartsConfig,
  type PartsModel,
  type PartsProvenance,
  saveParts,
} from './model-files/parts-file';
export { assertUnseen, type TrainingImages } from './model-files/trained-images';
export { createPredictor } from './prediction/create-predictor';
// Predictions
export { type BackgroundChoice, backgroundChoices, defaultBackground } from './prediction/encoder-saliency';
export { type PartMethod, type PartPredictor, type PredictedParts, partMethods } from './prediction/part-predictor';
export type { PredictorOptions } from './prediction/predictor-options';
export { type EnterRunFolderOptions, enterRunFolder } from './run-folder';
export { type RunLock, takeLock } from './run-lock';
export { type RunProgramOptions, runProgram } from './run-program';
export type { ResumePolicy, StageOptions, StageReport } from './stage-options';
export { type StageProgress, stageProgress } from './stage-progress';
export { type CompanionName, companionNames, companionPath } from './stages/companion-shards';
export {
  type EncoderRecipe,
  type EncoderRecipeName,
  encoderRecipe,
  encoderRecipeNames,
} from './stages/encoder/encoder-recipe';
export { type TrainEncoderOptions, type TrainedEncoder, trainEncoder } from './stages/encoder/train-encoder';
export {
  type EvaluatePredictionsOptions,
  evaluatePredictions,
  type PredictPartsOptions,
  predictParts,
} from './stages/evaluate-predictions';
export { type EvaluateShardOptions, evaluateShard } from './stages/evaluate-shard';
export { type ExtractedParts, type ExtractPartsOptions, extractParts } from './stages/extract-parts';
export type { DecoderName, PartsConfigOptions } from './stages/parts-config';
export { type ShowPartsOptions, showParts } from './stages/show-parts';
export { type TrainedParts, type TrainPartsOptions, trainParts } from './stages/train-parts';
export { type TerminalProgress, terminalProgress } from './terminal-progress';
