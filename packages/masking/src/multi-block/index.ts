// Context and target blocks: I-JEPA.

export type { Interval } from './block-size';
export { type MultiBlockBatch, type MultiBlockMasking, multiBlockMasking } from './multi-block-masking';
export { type MultiBlockMaskingOptions, multiBlockOptions } from './multi-block-options';
