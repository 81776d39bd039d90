// Squares and regions: Context Encoder.

export { type RandomSquareMaskingOptions, randomSquareMasking } from './random-square-masking';
export { type RegionMaskingOptions, type RegionNoise, type RegionShare, regionMasking } from './region-masking';
export { type SquareMaskingOptions, squareMasking } from './square-masking';
export { type SquareTarget, type SquareTargetOptions, squareTarget } from './square-target';
