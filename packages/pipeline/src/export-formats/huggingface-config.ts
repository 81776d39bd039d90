// Which class of the library transformers a model is, and what its config.json and preprocessor_config.json say.

import { type Interpolation, type Preprocessing, patchSizeText, SemmaeError } from '@semmae/core';
import type { MAEDecoder, ViTEncoder } from '@semmae/vit';

import type { ExportSource } from './export-format';
import type { BlockNaming } from './huggingface-weights';

export interface HuggingFaceModel {
  naming: BlockNaming;
  /** Whether the decoder goes along, as in ViTMAEForPreTraining, where the encoder is under `vit`. */
  decoder: MAEDecoder | undefined;
  config: Readonly<Record<string, unknown>>;
}

/**
 * ViTMAEForPreTraining where there is a decoder that fits, DeiTModel with a distillation token, Dinov2WithRegistersModel with registers,
 * Dinov2Model with LayerScale or SwiGLU, else ViTModel.
 *
 * Throws a SemmaeError that says what no class has.
 */
export function huggingFaceModel({ encoder, decoder, normalizePixels }: ExportSource): HuggingFaceModel {
  assertRepresentable(encoder);
  const { prefix, patchSize, imageSize, channels, transformer } = encoder;
  const { width, depth, heads, hiddenWidth, mlp, qkvBias, layerScale, normEpsilon } = transformer;
  const shared = {
    image_size: imageSize.height === imageSize.width ? imageSize.height : [imageSize.height, imageSize.width],
    patch_size: typeof patchSize === 'number' ? patchSize : [patchSize.height, patchSize.width],
    ...{ num_channels: channels, hidden_size: width, num_hidden_layers: depth, num_attention_heads: heads },
    ...{ hidden_act: 'gelu', qkv_bias: qkvBias, layer_norm_eps: normEpsilon },
    torch_dtype: 'float32',
  };
  const named = (architecture: string, type: string) => ({
    architectures: [architecture],
    model_type: type,
    ...shared,
  });
  if (prefix.registers > 0 || layerScale !== undefined || mlp === 'swiglu') {
    const withRegisters = prefix.registers > 0;
    return {
      naming: 'dinov2',
      decoder: undefined,
      config: {
        ...(withRegisters
          ? named('Dinov2WithRegistersModel', 'dinov2_with_registers')
          : named('Dinov2Model', 'dinov2')),
        ...{ mlp_ratio: mlpRatio(transformer), use_swiglu_ffn: mlp === 'swiglu' },
        use_mask_token: true,
        ...(withRegisters && { num_register_tokens: prefix.registers }),
      },
    };
  }
  const sizes = { intermediate_size: hiddenWidth };
  if (decoder !== undefined && obstacleOf(decoder, encoder) === undefined) {
    const ofDecoder = {
      ...{ decoder_hidden_size: decoder.width, decoder_num_hidden_layers: decoder.depth },
      ...{ decoder_num_attention_heads: decoder.heads, decoder_intermediate_size: decoder.transformer.hiddenWidth },
      // ViTMAE of transformers masks at inference, too: with 0.75 the features of an image would be random.
      ...{ mask_ratio: 0, norm_pix_loss: normalizePixels },
    };
    return { naming: 'vit', decoder, config: { ...named('ViTMAEForPreTraining', 'vit_mae'), ...sizes, ...ofDecoder } };
  }
  const config = prefix.distillationToken ? named('DeiTModel', 'deit') : named('ViTModel', 'vit');
  return { naming: 'vit', decoder: undefined, config: { ...config, ...sizes } };
}

/** Why a decoder is left out; undefined where ViTMAEForPreTraining takes it. */
export function obstacleOf(decoder: MAEDecoder, encoder: ViTEncoder): string | undefined {
  const { prefix, transformer, imageSize, patchSize } = encoder;
  if (prefix.registers > 0 || transformer.layerScale !== undefined || transformer.mlp === 'swiglu')
    return 'transformers has no masked autoencoder with such an encoder';
  if (prefix.distillationToken) return 'transformers has no masked autoencoder with a distillation token';
  if (imageSize.height !== imageSize.width || typeof patchSize !== 'number')
    return 'images and patches must be squares';
  const { normEpsilon, mlp, layerScale, qkvBias } = decoder.transformer;
  const isAlike = normEpsilon === transformer.normEpsilon && qkvBias === transformer.qkvBias;
  return isAlike && mlp === 'gelu' && layerScale === undefined ? undefined : 'its blocks are not those of ViTMAE';
}

function assertRepresentable(encoder: ViTEncoder): void {
  const { prefix, patchSize, patchStride, imageSize, preNorm, finalNorm, transformer } = encoder;
  const isDinov2 = prefix.registers > 0 || transformer.layerScale !== undefined || transformer.mlp === 'swiglu';
  const foreign = [
    !prefix.classToken && 'no class token',
    patchSizeText(patchSize) !== patchSizeText(patchStride) && 'overlapping patches',
    preNorm && 'a norm before the blocks',
    finalNorm !== 'tokens' && `finalNorm ${finalNorm}`,
    isDinov2 && prefix.distillationToken && 'a distillation token beside LayerScale or registers',
    isDinov2 && imageSize.height !== imageSize.width && 'images that are no squares, which its DINOv2 refuses',
    isDinov2 && mlpRatio(transformer) === undefined && `a hidden layer of ${transformer.hiddenWidth} in SwiGLU`,
  ].find((what) => what !== false);
  if (foreign === undefined) return;
  throw new SemmaeError({
    where: 'exportModel',
    requirement: 'the encoder must be a ViT, DeiT or DINOv2 of transformers',
    got: foreign,
    remedy: "choose the `format` safetensors for timm's or onnx, or another `imageSize`",
  });
}

/** The ratio that gives the hidden width in the formulas of DINOv2's configuration; undefined where none does. */
function mlpRatio({ width, hiddenWidth, mlp }: ViTEncoder['transformer']): number | undefined {
  const hiddenOf = (ratio: number) => {
    const plain = Math.trunc(width * ratio);
    return mlp === 'gelu' ? plain : Math.floor((Math.trunc((plain * 2) / 3) + 7) / 8) * 8;
  };
  const wanted = mlp === 'gelu' ? hiddenWidth : (hiddenWidth * 3) / 2;
  return [wanted / width, (wanted + 0.5) / width].find((ratio) => hiddenOf(ratio) === hiddenWidth);
}

/** Numbers of Pillow's `Resampling`. */
const pillowFilters: Readonly<Record<Interpolation, number>> = { lanczos: 1, bilinear: 2, bicubic: 3 };

/** For `AutoImageProcessor`. */
export function huggingFacePreprocessor(
  { mean, standardDeviation, framing }: Preprocessing,
  { height, width }: Preprocessing['imageSize'],
): object {
  const { interpolation = 'bicubic', cropFraction = framing === undefined ? 1 : undefined } = framing ?? {};
  const cropped = cropFraction !== undefined;
  return {
    image_processor_type: cropped ? 'BitImageProcessor' : 'ViTImageProcessor',
    ...{
      do_convert_rgb: mean.length === 3,
      do_resize: true,
      do_rescale: true,
      do_normalize: true,
      rescale_factor: 1 / 255,
    },
    size: cropped ? { shortest_edge: Math.floor(Math.min(height, width) / cropFraction) } : { height, width },
    ...(cropped && { do_center_crop: true, crop_size: { height, width } }),
    resample: pillowFilters[interpolation],
    ...{ image_mean: mean, image_std: standardDeviation },
  };
}
