// An encoder as a safetensors file under timm's names.

import { openSafetensors, type TensorToWrite, writeSafetensors } from '@semmae/checkpoints';
import { patchSizeText } from '@semmae/core';
import { assignTimmWeights, type TimmWeight, timmWeights, ViTEncoder } from '@semmae/vit';

import { encoderOutputs } from './encoder-outputs';
import type { ExportFormat } from './export-format';

/**
 * The state dict of timm's `VisionTransformer`, whose arguments are in the metadata under `timm`. A mask token is left out: it is no
 * part of that class. An encoder that is none of timm's has the weights and no `timm`.
 */
export const timmFile: ExportFormat = {
  async write(path, { encoder }, metadata) {
    const tensors = new Map<string, TensorToWrite>();
    for (const [name, { shape, read }] of asInTimm(encoder)) tensors.set(name, { dtype: 'F32', shape, values: read });
    const whole = timmArguments(encoder);
    await writeSafetensors(path, tensors, {
      metadata: { format: 'pt', ...(whole && { timm: JSON.stringify(whole) }), ...metadata },
    });
  },

  async open(path, { encoder }) {
    const config = encoder.getConfig();
    const classPosition = !isFolded(encoder) && encoder.prefix.classPosition;
    const copy = new ViTEncoder({ ...config, maskToken: false, classPosition });
    const file = await openSafetensors(path);
    try {
      const weights = [...file.entries].map(([name, { shape }]) => {
        return [name, { shape, read: async () => (await file.read(name)) as Float32Array }] as const;
      });
      await assignTimmWeights(copy, new Map(weights), { where: path });
    } finally {
      file.close();
    }
    return {
      run: async (images) => encoderOutputs(copy, images),
      close: async () => {
        copy.dispose();
      },
    };
  },
};

/** Registers and positions of class token and patches do not go together in timm: a position is then part of the class token. */
function isFolded({ prefix }: ViTEncoder): boolean {
  return prefix.registers > 0 && prefix.positioned > 0;
}

function asInTimm(encoder: ViTEncoder): Map<string, TimmWeight> {
  const weights = timmWeights(encoder);
  weights.delete('masked_embed');
  if (!isFolded(encoder)) return weights;
  const { width, prefix } = encoder;
  const positions = weights.get('pos_embed')!;
  ['cls_token', 'dist_token'].slice(0, prefix.positioned).forEach((name, row) => {
    const token = weights.get(name)!;
    const read = async () => {
      const own = (await positions.read()).subarray(row * width);
      return (await token.read()).map((value, d) => value + own[d]!);
    };
    weights.set(name, { ...token, read });
  });
  return weights.set('pos_embed', {
    shape: [1, positions.shape[1]! - prefix.positioned, width],
    read: async () => (await positions.read()).slice(prefix.positioned * width),
  });
}

/** Arguments of `timm.models.vision_transformer.VisionTransformer`, classes by their names; undefined where it has none for this encoder. */
function timmArguments(encoder: ViTEncoder): object | undefined {
  const { imageSize, patchSize, patchStride, channels, prefix, preNorm, patchBias, finalNorm, transformer } = encoder;
  const { width, depth, heads, hiddenWidth, mlp, qkvBias, layerScale, normEpsilon } = transformer;
  const whole = patchSizeText(patchSize) === patchSizeText(patchStride);
  if (!whole || prefix.distillationToken || patchBias === preNorm || normEpsilon !== 1e-6) return undefined;
  const mean = !prefix.classToken || finalNorm === 'pooled';
  return {
    img_size: [imageSize.height, imageSize.width],
    patch_size: typeof patchSize === 'number' ? patchSize : [patchSize.height, patchSize.width],
    ...{ in_chans: channels, embed_dim: width, depth, num_heads: heads },
    mlp_ratio: ratioOf(mlp === 'swiglu' ? 2 * hiddenWidth : hiddenWidth, width),
    num_classes: 0,
    // What is not timm's default.
    ...(mlp === 'swiglu' && { mlp_layer: 'SwiGLUPacked', act_layer: 'silu' }),
    ...(!qkvBias && { qkv_bias: false }),
    ...(layerScale !== undefined && { init_values: layerScale }),
    ...(preNorm && { pre_norm: true }),
    ...(!prefix.classToken && { class_token: false }),
    ...(prefix.registers > 0 && { reg_tokens: prefix.registers }),
    ...((isFolded(encoder) || (prefix.positioned === 0 && prefix.count > 0)) && { no_embed_class: true }),
    ...(mean && { global_pool: 'avg', fc_norm: finalNorm === 'pooled' }),
    ...(finalNorm === 'none' && { final_norm: false }),
  };
}

/** A ratio from which timm's `int(embed_dim * mlp_ratio)` gets the hidden width, which a rounded quotient may miss by 1. */
function ratioOf(hiddenWidth: number, width: number): number {
  const ratio = hiddenWidth / width;
  return Math.trunc(width * ratio) === hiddenWidth ? ratio : (hiddenWidth + 0.5) / width;
}
