// Part ids for semantic masking, from maps, attention heads, segmentations, features or pixels.

export type { ImageSize } from '@semmae/core';
export type { ClusterOptions } from './cluster-patches';
export { type PartsFromAttentionOptions, partsFromAttention } from './parts-from-attention';
export { partsFromFeatures } from './parts-from-features';
export { type PartsFromMapsOptions, partsFromMaps } from './parts-from-maps';
export { type PartsFromPixelsOptions, partsFromPixels } from './parts-from-pixels';
export { type PartsFromSegmentationOptions, partsFromSegmentation } from './parts-from-segmentation';
