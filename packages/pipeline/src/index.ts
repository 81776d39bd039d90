// Every step from a folder of images to a model, its parts, features and scores, as functions.

// Stages
export { type PretrainedModel, type PretrainOptions, pretrain } from './stages/pretrain';
export {
  type EstimatedStage,
  estimatePretraining,
  estimateTable,
  type PretrainEstimate,
} from './stages/estimate-pretraining';
export { type LearnedPartsModel, type LearnPartsOptions, learnParts } from './stages/learn-parts';
export { type DecoderName, decoderNames, type PartsConfigOptions } from './stages/parts-config';
export {
  type ExtractedParts,
  type ExtractFromFilesOptions,
  type ExtractPartsOptions,
  extractFromFiles,
  extractParts,
} from './stages/extract-parts';
export { type CompanionName, companionNames, companionPath } from './stages/companion-shards';
export { type PartMapsOptions, partMaps, partRecipe } from './stages/part-maps';
export { type EvaluateShardOptions, evaluateShard, type ShardEvaluation } from './stages/evaluate-shard';
export {
  type EvaluatePredictionsOptions,
  evaluatePredictions,
  type PredictPartsOptions,
  predictParts,
} from './stages/evaluate-predictions';
export { type ShowPartsOptions, showParts } from './stages/show-parts';
export { type ShowMasksOptions, showMasks } from './stages/show-masks';
export { type ShowReconstructionsOptions, showReconstructions } from './stages/show-reconstructions';
export { type EmbeddedImages, type EmbedOptions, embed } from './stages/embed';
export { type ProbeOptions, probe } from './stages/probe';
export type { ProbeResult, ProbeScore, SeedValues } from './stages/probe-result';
export { probeTable } from './stages/probe-table';
export {
  type ExportedFile,
  type ExportFormatName,
  type ExportModelOptions,
  exportFormatNames,
  exportModel,
} from './stages/export-model';
export { compareProbes, type ProbeComparison } from './stages/compare-probes';

// Data sets
export type {
  ClassDescription,
  DataDescription,
  FileKind,
  LeftOutDescription,
  MaskDescription,
  MaskIdDescription,
  SideDescription,
  SizeDescription,
} from './data/data-description';
export { type InspectDataOptions, inspectData } from './data/inspect-data';
export { type PackDataOptions, packData } from './data/pack-data';

// Files of weights
export {
  type ConversionFormat,
  type ConvertCheckpointOptions,
  type ConvertedCheckpoint,
  conversionFormats,
  convertCheckpoint,
} from './checkpoints/convert-checkpoint';
export {
  type CheckpointDifference,
  type DiffCheckpointsOptions,
  diffCheckpoints,
  type TensorDifference,
} from './checkpoints/diff-checkpoints';
export {
  type CheckpointDescription,
  type DescribedModel,
  type DescribedTensor,
  type InspectCheckpointOptions,
  inspectCheckpoint,
} from './checkpoints/inspect-checkpoint';

// Recipes
export {
  type PretrainMethod,
  type PretrainRecipe,
  type PretrainRecipeName,
  pretrainMethods,
  pretrainRecipe,
  pretrainRecipeNames,
  type RecipeSettings,
} from './recipes/pretrain-recipe';
export {
  type MaskedImageRecipe,
  type MaskedImageRecipeName,
  maskedImageRecipe,
  maskedImageRecipeNames,
} from './recipes/masked-image-recipe';
export { type AdversarialRecipe, adversarialSmall } from './recipes/adversarial-recipe';
export { type MaskingNeeds, maskingByName, maskingHelp, maskingNames, maskingNeeds } from './recipes/masking-by-name';
export type { MaskedCounts, NamedStrategy } from './recipes/masking-rows';

// Settings: every stage's options as a schema, for configuration files and command lines
export { parseSettings, type SettingsOf, type SettingsSchema, settingsJsonSchema } from './settings/parse-settings';
export {
  convertCheckpointSettings,
  diffCheckpointsSettings,
  inspectCheckpointSettings,
} from './settings/checkpoint-settings';
export { inspectDataSettings, packDataSettings } from './settings/data-settings';
export { embedSettings, exportSettings, probeSettings } from './settings/model-settings';
export { modelPaths } from './settings/shared-settings';
export { pretrainSettings } from './settings/pretrain-settings';
export {
  evaluatePartsSettings,
  extractPartsSettings,
  learnPartsSettings,
  showPartsSettings,
} from './settings/parts-settings';

export { showMasksSettings, showReconstructionsSettings } from './settings/show-settings';

// Images and batches
export { dataSummary, leftOutLines } from './batches/data-summary';
export { type DataOptions, type OpenedData, openData, type ReadingOptions } from './batches/open-data';
export { type MaskedImageBatchesOptions, maskedImageBatches } from './batches/masked-image-batches';

// Ways to find parts
export { createPredictor } from './predictors/create-predictor';
export { type BackgroundChoice, backgroundChoices, defaultBackground } from './predictors/encoder-saliency';
export { type PartMethod, type PartPredictor, type PredictedParts, partMethods } from './predictors/part-predictor';
export { type NamedPredictorOptions, type OpenedPredictor, openPredictor } from './predictors/open-predictor';
export { type PredictorOptions, plainGeometry } from './predictors/predictor-options';

// Features
export { type EncodedFeatures, type EncodeFeaturesOptions, encodeFeatures } from './features/encode-features';
export type { ImageFeatures } from './features/feature-extractor';
export {
  type FeatureGeometry,
  featureGeometry,
  type GeometryOptions,
  type GridSize,
  type PreprocessingOptions,
} from './features/feature-geometry';
export { type FeatureFormat, featureFormats } from './features/feature-file';
export { type EmbeddingModel, type Pooling, poolings } from './features/pooled-extractor';
export {
  type FeatureRequest,
  type FeatureStore,
  type FeatureStoreOptions,
  featureStore,
} from './features/feature-store';
export type { TokenPreparationChoice, TokenSource } from './features/token-choices';

// Model files
export { layersFiles } from './export-formats/layers-folder';
export {
  type DecoderTarget,
  describeEncoder,
  type LoadEncoderOptions,
  type LoadModelOptions,
  loadEncoder,
  loadModel,
} from './models/load-model';
export type { PublicWeightsOptions } from './models/public-weights-options';
export {
  type EncoderModel,
  type EncoderProvenance,
  type ModelConfig,
  type PublicOrigin,
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
export { buildPublicModel, type PublicNetworks } from './models/public-model';
export { assertUnseen, type TrainingImages } from './models/trained-images';

// Pictures
export { type DrawnMask, drawMasks } from './panels/draw-masks';
export { type Panel, type PanelImage, panelImages, panelSheet } from './panels/panel';
export { borrowedStatistics, type ReconstructOptions, reconstruct } from './panels/reconstruct';

// Runs
export { installedVersions } from './runs/installed-versions';
export { finalLoss, readHistory } from './runs/read-history';
export type { DataRecord } from './runs/data-record';
export { Interrupted } from './runs/interrupted';
export { type EnterRunFolderOptions, enterRunFolder } from './runs/run-folder';
export type { ResumePolicy, StageOptions, StageReport } from './runs/stage-options';

// Backends
export { type BackendName, backendNames, type SelectedBackend, selectBackend } from './backends/select-backend';
