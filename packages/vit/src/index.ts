// Vision transformer encoder, masked-autoencoder decoder and self-distillation head as TensorFlow.js layers.

export { adaptPatchChannels } from './adapt-patch-channels';
export { type AssignTimmWeightsOptions, assignTimmWeights, type TimmReport } from './assign-timm-weights';
export { classAttention, headAttention } from './class-attention';
export { type EncodeOptions, type Encoding, type PassOptions, type SplitTokens, splitTokens } from './encoding';
export type { PrefixTokenConfig, PrefixTokens } from './prefix-tokens';
export { encoderAtSize } from './encoder-at-size';
export { l2Normalize } from './l2-normalize';
export { MAEDecoder, type MAEDecoderConfig } from './mae-decoder';
export { patchify, unpatchify } from './patchify';
export { drawPathGains, type PathGainsOptions } from './path-gains';
export type { PositionInterpolation, PositionTableConfig } from './positions/position-table';
export { ProjectionHead, type ProjectionHeadConfig } from './projection-head';
export { resamplePatchEmbedding } from './resample-patch-embedding';
export { type SinCosPositionsOptions, sinCosPositions } from './sin-cos-positions';
export { ViTEncoder } from './vit-encoder';
export { type TimmWeight, timmWeights } from './timm-weights';
export type { Transformer, TransformerConfig } from './transformer-config';
export type { ViTEncoderConfig } from './vit-encoder-config';
export { type ViTPresetName, type ViTPresetOptions, vitPreset } from './vit-preset';
