// An encoder as a safetensors file under timm's names.

import { readSafetensors, type StoredTensor, writeSafetensors } from '@semmae/checkpoints';
import { ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { assignWeights } from '../models/model-file';
import { encoderOutputs } from './encoder-outputs';
import type { ExportFormat } from './export-format';

/**
 * The state dict of timm's `VisionTransformer`, whose arguments are in the metadata under `timm`. A mask token is left out: it is no
 * part of that class. An encoder with overlapping patches is not timm's; its file has the weights and no `timm`.
 */
export const timmFile: ExportFormat = {
  async write(path, encoder, metadata) {
    const tensors = new Map<string, StoredTensor>();
    for (const [name, variable] of encoder.namedVariables()) {
      if (name === 'masked_embed') continue;
      const weight = tf.tidy(() => toTimm(name, variable, encoder));
      tensors.set(timmName(name), { shape: weight.shape, values: Float32Array.from(await weight.data<'float32'>()) });
      weight.dispose();
    }
    const whole =
      encoder.patchStride === encoder.patchSize ? { timm: JSON.stringify(timmArguments(encoder)) } : undefined;
    await writeSafetensors(path, { tensors, metadata: { format: 'pt', ...whole, ...metadata } });
  },

  async open(path, encoder) {
    const { tensors } = await readSafetensors(path);
    const copy = new ViTEncoder({ ...(encoder.getConfig() as unknown as ViTEncoderConfig), maskToken: false });
    copy.variables();
    assignTimmWeights(path, tensors, copy);
    return {
      run: async (images) => encoderOutputs(copy, images),
      close: async () => {
        copy.dispose();
      },
    };
  },
};

/** Gives `encoder` the weights of a timm state dict; throws a SemmaeError where one is missing or left over. */
export function assignTimmWeights(path: string, tensors: ReadonlyMap<string, StoredTensor>, encoder: ViTEncoder): void {
  const weights = encoder.namedVariables();
  const theirs = new Map([...weights].map(([name, { shape }]) => [timmName(name), { name, shape }]));
  const own = [...tensors].map(([name, { shape, values }]) => {
    const weight = theirs.get(name);
    if (weight === undefined) return [name, { shape, values }] as const;
    const tensor = tf.tidy(() => fromTimm(weight.name, tf.tensor(values as Float32Array, [...shape])));
    const stored = { shape: tensor.shape, values: Float32Array.from(tensor.dataSync<'float32'>()) };
    tensor.dispose();
    return [weight.name, stored] as const;
  });
  assignWeights(path, new Map(own), weights);
}

function timmName(name: string): string {
  return name.replace(/\.(kernel|gamma)$/, '.weight').replace(/\.beta$/, '.bias');
}

const projection = 'patch_embed.proj.kernel';

/** A kernel [in, out] is a weight [out, in] there, that of the patches [D, C, p, p] from [p·p·C, D] in the order (row, column, channel). */
function toTimm(name: string, weight: tf.Tensor, { patchSize, channels, width }: ViTEncoder): tf.Tensor {
  if (name === projection)
    return tf.transpose(tf.reshape(weight, [patchSize, patchSize, channels, width]), [3, 2, 0, 1]);
  return name.endsWith('.kernel') ? tf.transpose(weight) : tf.clone(weight);
}

function fromTimm(name: string, weight: tf.Tensor): tf.Tensor {
  if (name === projection && weight.rank === 4)
    return tf.reshape(tf.transpose(weight, [2, 3, 1, 0]), [-1, weight.shape[0]!]);
  return name.endsWith('.kernel') ? tf.transpose(weight) : tf.clone(weight);
}

/** Arguments of `timm.models.vision_transformer.VisionTransformer`. */
function timmArguments({ grid, patchSize, channels, width, depth, heads, mlpRatio }: ViTEncoder): object {
  return {
    img_size: [grid.rows * patchSize, grid.columns * patchSize],
    ...{ patch_size: patchSize, in_chans: channels, embed_dim: width, depth, num_heads: heads, mlp_ratio: mlpRatio },
    num_classes: 0,
  };
}
