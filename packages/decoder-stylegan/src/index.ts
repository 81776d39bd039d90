// The AdaIN image decoder of SemMAE (Eq. 3-4) and the operations it is made of.

export {
  type AdaptiveInstanceNormalizationOptions,
  adaptiveInstanceNormalization,
} from './adaptive-instance-normalization';
export { type DecoderPresetName, decoderPreset } from './decoder-preset';
export { type StyleDecoder, type StyleDecoderOptions, styleDecoder } from './style-decoder';
export { upStagesFor } from './up-stages';
