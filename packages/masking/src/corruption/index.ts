// Corrupted blocks, of pixels and as masks: SiT / GMML.

export {
  type CorruptBlocksInput,
  type CorruptBlocksOptions,
  type CorruptedImage,
  corruptBlocks,
} from './corrupt-blocks';
export { type CorruptionMaskingOptions, corruptionMasking } from './corruption-masking';
export type { CorruptionKind, Pixels } from './painter';
