// Vision transformer encoder and masked-autoencoder decoder as TensorFlow.js layers.

export { classAttention } from './class-attention';
export { MAEDecoder, type MAEDecoderConfig } from './mae-decoder';
export { patchify, unpatchify } from './patchify';
export { type SinCosPositionsOptions, sinCosPositions } from './sin-cos-positions';
export { type EncodeOptions, type Encoding, ViTEncoder, type ViTEncoderConfig } from './vit-encoder';
export { type ViTPresetName, type ViTPresetOptions, vitPreset } from './vit-preset';
