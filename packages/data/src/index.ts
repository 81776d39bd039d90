// Data sets, transforms that move image and part map together, and the order of training batches.

export { decodingDataset, type DecodeSample, type ImageDatasetOptions } from './decoding-dataset';
export type { ImageDataset, LabeledImage } from './image-dataset';
export { imageDataset } from './image-dataset-of';
export type { ImageForm } from './image-form';
export { type BatchesOptions, batches } from './loader/batches';
export { epochOrder } from './loader/epoch-order';
export { type ImageOrder, type ImageOrderOptions, imageOrder } from './loader/image-order';
export {
  defaultWorkers,
  type ViewBatch,
  type ViewedImage,
  type ViewLoader,
  type ViewLoaderOptions,
  viewLoader,
} from './loader/view-loader';
export { LoaderClosed } from './loader/view-pool';
export {
  type PartDataset,
  type PartDatasetOptions,
  type PartImage,
  type PartSplit,
  partDataset,
} from './part-images/part-dataset';
export { builtInCount, builtInSource, isBuiltIn } from './part-images/built-in-source';
export { type OpenPartShardOptions, openPartShard } from './part-shards/open-part-shard';
export type { PartShard, PartShardSettings, PatchParts } from './part-shards/part-shard';
export { type WithPartMapsOptions, withPartMaps } from './part-shards/with-part-maps';
export { type PartShardEntry, type PartShardWriter, writePartShard } from './part-shards/write-part-shard';
export { type ImportPatchTensorsOptions, importPatchTensors } from './patch-tensors/import-patch-tensors';
export { decodeLabels } from './labels/decode-labels';
export type { ColorTable, LabelRules } from './labels/label-rules';
export { type ImageFacts, imageFacts, storedSpan, type ValueSpan } from './pixels/image-facts';
export { openImage } from './pixels/open-image';
export type { PixelRules } from './pixels/pixel-rules';
export { type PatchTensor, type ReadPatchTensorOptions, readPatchTensor } from './patch-tensors/read-patch-tensor';
export {
  type IndexedImage,
  nextReadable,
  readableAt,
  readableBatches,
  type ReadableBatchesOptions,
  readableSubset,
} from './readable-images';
export { type IndexSplit, splitByIndex } from './selection/split-by-index';
export { subset } from './selection/subset';
export { arraySource, type ArraySourceOptions } from './sources/array-source';
export type { IterableSample } from './sources/collect-samples';
export type { ImageSample, ImageSource, RawImage, RawLabels } from './sources/image-source';
export { iterableSource, type SpooledSourceOptions } from './sources/iterable-source';
export { type LeftOut, type LeftOutEntry, leftOut } from './sources/left-out';
export { type FolderLayout, folderLayouts } from './sources/files/arrange-files';
export { type OpenFolderSourceOptions, openFolderSource } from './sources/files/open-folder-source';
export { type OpenListSourceOptions, openListSource } from './sources/files/open-list-source';
export { type OpenCifarSourceOptions, openCifarSource } from './sources/open-cifar-source';
export { type OpenIdxSourceOptions, openIdxSource } from './sources/open-idx-source';
export { type OpenTarSourceOptions, openTarSource } from './sources/tar/open-tar-source';
export { type PackedShards, type PackShardsOptions, packShards } from './sources/tar/pack-shards';
export type { TarFields } from './sources/tar/tar-fields';
export { type OpenSourceOptions, openSource, sourceKind } from './sources/open-source';
export { type OpenParquetSourceOptions, openParquetSource } from './sources/parquet/open-parquet-source';
export { UnreadableImage, type UnreadableImageOptions, unreadableImage } from './unreadable-image';
export type { UnreadablePolicy } from './unreadable-policy';
export { type ApplyViewOptions, applyView } from './views/apply-view';
export {
  applyViewToPatches,
  applyViewToPixels,
  type ImageMap,
  type PatchMapOptions,
  type PixelMapOptions,
} from './views/apply-view-to-map';
export { type ColorJitterOptions, colorJitter } from './views/augment/color-jitter';
export { type GaussianBlurOptions, gaussianBlur } from './views/augment/gaussian-blur';
export { grayscale } from './views/augment/grayscale';
export { type MultiCrop, type MultiCropOptions, multiCrop } from './views/augment/multi-crop';
export type { TreatmentProbabilities, ViewRecipe, ViewScale, ViewSize } from './views/augment/draw-views';
export { solarize } from './views/augment/solarize';
export { cutPixels } from './views/cut-pixels';
export { frameImage } from './views/frame-image';
export { type MeasureStatisticsOptions, measureStatistics } from './views/measure-statistics';
export { denormalizePixels, type NormalizePixelsOptions, normalizePixels } from './views/normalization';
export type { PixelImage } from './views/pixel-image';
export { centeredView, fullView, type SampleViewOptions, sampleView, type View } from './views/view';
