// What runs in a browser: everything of this package but files on disk and what is written there.

export { type DecodeSample, decodingDataset, type ImageDatasetOptions } from './decoding-dataset';
export type { ImageDataset, LabeledImage } from './image-dataset';
export type { ImageForm } from './image-form';
export { imageDataset } from './in-browser/image-dataset';
export { iterableSource } from './in-browser/iterable-source';
export { type ImageAddress, type OpenAddressesOptions, openAddresses } from './in-browser/open-addresses';
export { type ListedFile, type OpenFileListOptions, openFileList } from './in-browser/open-file-list';
export { openParquetSource } from './in-browser/open-parquet-source';
export type { ColorTable, LabelRules } from './labels/label-rules';
export { type BatchesOptions, batches } from './loader/batches';
export { epochOrder } from './loader/epoch-order';
export {
  type PartDataset,
  type PartDatasetOptions,
  type PartImage,
  type PartSplit,
  partDataset,
} from './part-images/part-dataset';
export type { PartShard, PartShardSettings, PatchParts } from './part-shards/part-shard';
export { type WithPartMapsOptions, withPartMaps } from './part-shards/with-part-maps';
export { type PatchTensor, type ReadPatchTensorOptions, readPatchTensor } from './patch-tensors/read-patch-tensor';
export type { PixelRules } from './pixels/pixel-rules';
export {
  type IndexedImage,
  nextReadable,
  type ReadableBatchesOptions,
  readableAt,
  readableBatches,
  readableSubset,
} from './readable-images';
export { type IndexSplit, splitByIndex } from './selection/split-by-index';
export { subset } from './selection/subset';
export { type ArraySourceOptions, arraySource } from './sources/array-source';
export type { IterableSample, IterableSourceOptions } from './sources/collect-samples';
export type { ImageSample, ImageSource, RawImage, RawLabels } from './sources/image-source';
export { type LeftOut, type LeftOutEntry, leftOut } from './sources/left-out';
export type { ParquetSourceOptions } from './sources/parquet/parquet-source';
export { UnreadableImage, type UnreadableImageOptions } from './unreadable-image';
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
export type { TreatmentProbabilities, ViewRecipe, ViewScale, ViewSize } from './views/augment/draw-views';
export { type GaussianBlurOptions, gaussianBlur } from './views/augment/gaussian-blur';
export { grayscale } from './views/augment/grayscale';
export { type MultiCrop, type MultiCropOptions, multiCrop } from './views/augment/multi-crop';
export { solarize } from './views/augment/solarize';
export { cutPixels } from './views/cut-pixels';
export { frameImage } from './views/frame-image';
export { type MeasureStatisticsOptions, measureStatistics } from './views/measure-statistics';
export { denormalizePixels, type NormalizePixelsOptions, normalizePixels } from './views/normalization';
export type { PixelImage } from './views/pixel-image';
export { centeredView, fullView, type SampleViewOptions, sampleView, type View } from './views/view';
