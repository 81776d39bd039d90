// Every step from a folder of images to a model, its parts, features and scores, as functions.

// Stages
export { type CompanionName, companionNames, companionPath } from './stages/companion-shards';
export { type TrainEncoderOptions, type TrainedEncoder, trainEncoder } from './stages/train-encoder';
export {
  type EvaluatePredictionsOptions,
  evaluatePredictions,
  type PredictPartsOptions,
  predictParts,
} from './stages/evaluate-predictions';
export { type EvaluateShardOptions, evaluateShard } from './stages/evaluate-shard';
export { type ExtractedParts, type ExtractPartsOptions, extractParts } from './stages/extract-parts';
export { type DecoderName, decoderNames, type PartsConfigOptions } from './stages/parts-config';
export { type ShowPartsOptions, showParts } from './stages/show-parts';
export { type TrainedParts, type TrainPartsOptions, trainParts } from './stages/train-parts';

// Recipes
export {
  type EncoderRecipe,
  type EncoderRecipeName,
  encoderRecipe,
  encoderRecipeNames,
  viewSizeOf,
} from './recipes/encoder-recipe';

// Ways to find parts
export { createPredictor } from './predictors/create-predictor';
export { type BackgroundChoice, backgroundChoices, defaultBackground } from './predictors/encoder-saliency';
export { type PartMethod, type PartPredictor, type PredictedParts, partMethods } from './predictors/part-predictor';
export { type PredictorOptions, plainGeometry } from './predictors/predictor-options';

// Features
export { type EncodedFeatures, type EncodeFeaturesOptions, encodeFeatures } from './features/encode-features';
export type { ImageFeatures } from './features/feature-extractor';
export {
  type FeatureGeometry,
  featureGeometry,
  type GeometryOptions,
  type GridSize,
  type ImageSize,
} from './features/feature-geometry';
export {
  type FeatureRequest,
  type FeatureStore,
  type FeatureStoreOptions,
  featureStore,
} from './features/feature-store';
export type { TokenPreparationChoice, TokenSource } from './features/token-choices';

// Model files
export {
  describeEncoder,
  type EncoderModel,
  type EncoderProvenance,
  loadEncoder,
  loadModel,
  type ModelConfig,
  saveEncoder,
  saveModel,
  type TrainedModel,
} from './models/encoder-file';
export {
  type ClassTokenSource,
  describeParts,
  loadParts,
  type PartsConfig,
  type PartsModel,
  type PartsProvenance,
  saveParts,
} from './models/parts-file';
export { assertUnseen, type TrainingImages } from './models/trained-images';

// Runs
export { Interrupted } from './runs/interrupted';
export { type EnterRunFolderOptions, enterRunFolder } from './runs/run-folder';
export { type RunLock, takeLock } from './runs/run-lock';
export type { ResumePolicy, StageOptions, StageReport } from './runs/stage-options';

// Backends
export { type BackendName, backendNames, type SelectedBackend, selectBackend } from './backends/select-backend';
