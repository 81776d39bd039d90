// Masks of filtered noise: ColorMAE.

export { type ColorMaskingOptions, colorMasking, publishedColorMasking } from './color-masking';
export { type ColorFilter, colorNoise, type NoiseColor } from './color-noise';
export type { NoiseBank } from './noise-bank';
export type { MaskNoise, NoiseScheduleOptions } from './noise-schedule';
