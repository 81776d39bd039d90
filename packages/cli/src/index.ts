// The stages of part learning as functions, and what a command line around them needs.

export { type BackendName, backendNames, type SelectedBackend, selectBackend } from './backends/select-backend';
export { type EncodedFeatures, type EncodeFeaturesOptions, encodeFeatures } from './features/encode-features';
export type { ImageFeatures } from './features/feature-extractor';
export type { FeatureGeometry, GeometryOptions, GridSize, ImageSize } from './features/feature-geometry';
export { type FeatureStore, type FeatureStoreOptions, featureStore } from './features/feature-store';
export { Interrupted } from './interrupted';
export { type EncoderModel, type EncoderProvenance, loadEncoder, saveEncoder } from './model-files/encoder-file';
export {
  type ClassTokenSource,
  loadParts,
  type PartsConfig,
  type PartsModel,
  type PartsProvenance,
  saveParts,
  type TokenSource,
} from './model-files/parts-file';
export type { ResumePolicy, StageOptions, StageReport } from './stage-options';
export { type StageProgress, stageProgress } from './stage-progress';
export { type TrainedParts, type TrainPartsOptions, trainParts } from './stages/train-parts';
