// Squares and regions: Context Encoder.

export {
  publishedRandomSquareMasking,
  type RandomSquareMaskingOptions,
  randomSquareMasking,
} from './random-square-masking';
export {
  publishedRegionMasking,
  type RegionMaskingOptions,
  type RegionNoise,
  regionMasking,
  type ThresholdRegionMaskingOptions,
  thresholdRegionMasking,
} from './region-masking';
export { type SquareMaskingOptions, squareMasking } from './square-masking';
export { type SquareTarget, type SquareTargetOptions, squareTarget } from './square-target';
