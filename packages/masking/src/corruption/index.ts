// Corrupted blocks, of pixels and as masks: SiT / GMML.

export {
  type CorruptBlocksInput,
  type CorruptBlocksOptions,
  type CorruptedImage,
  corruptBlocks,
} from './corrupt-blocks';
export {
  type CorruptionMaskingOptions,
  corruptionMasking,
  type PublishedCorruptionMaskingOptions,
  publishedCorruptionMasking,
} from './corruption-masking';
export type { CorruptionKind, Pixels } from './painter';
