// An encoder as a safetensors file under timm's names.

import { openSafetensors, type TensorFile, type TensorToWrite, writeSafetensors } from '@semmae/checkpoints';
import { patchSides, patchSizeText } from '@semmae/core';
import { restoreVariables } from '@semmae/train';
import { type MAEDecoder, type ProjectionHead, ViTEncoder, type ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import { encoderOutputs } from './encoder-outputs';
import type { ExportFormat } from './export-format';

/**
 * The state dict of timm's `VisionTransformer`, whose arguments are in the metadata under `timm`. A mask token is left out: it is no
 * part of that class. An encoder with overlapping patches is not timm's; its file has the weights and no `timm`.
 */
export const timmFile: ExportFormat = {
  async write(path, encoder, metadata) {
    const tensors = new Map<string, TensorToWrite>();
    for (const [name, variable] of encoder.namedVariables()) {
      if (name === 'masked_embed') continue;
      const weight = tf.tidy(() => toTimm(name, variable, encoder));
      const values = Float32Array.from(await weight.data<'float32'>());
      tensors.set(timmName(name), { dtype: 'F32', shape: weight.shape, values: () => values });
      weight.dispose();
    }
    const whole =
      patchSizeText(encoder.patchStride) === patchSizeText(encoder.patchSize)
        ? { timm: JSON.stringify(timmArguments(encoder)) }
        : undefined;
    await writeSafetensors(path, tensors, { metadata: { format: 'pt', ...whole, ...metadata } });
  },

  async open(path, encoder) {
    const copy = new ViTEncoder({ ...(encoder.getConfig() as unknown as ViTEncoderConfig), maskToken: false });
    copy.variables();
    const file = await openSafetensors(path);
    try {
      await assignTimmWeights(file, copy);
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

/** Gives a network the weights of a timm state dict; throws a SemmaeError where one is missing or left over. */
export async function assignTimmWeights(
  file: Pick<TensorFile, 'path' | 'entries' | 'read'>,
  encoder: ViTEncoder | MAEDecoder | ProjectionHead,
): Promise<void> {
  const weights = encoder.namedVariables();
  const ownNames = new Map([...weights.keys()].map((name) => [timmName(name), name]));
  const converted = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const [theirs, { shape }] of file.entries) {
    const values = (await file.read(theirs)) as Float32Array;
    const name = ownNames.get(theirs) ?? theirs;
    const tensor = tf.tidy(() => fromTimm(name, tf.tensor(values, [...shape])));
    converted.set(name, { shape: tensor.shape, values: Float32Array.from(await tensor.data<'float32'>()) });
    tensor.dispose();
  }
  const entries = new Map(
    [...converted].map(([name, { shape }]) => [name, { dtype: 'F32' as const, shape, begin: 0, end: 0 }]),
  );
  const own = { path: file.path, entries, read: async (name: string) => converted.get(name)!.values };
  await restoreVariables(own, weights, 'the file is of another architecture');
}

function timmName(name: string): string {
  return name.replace(/\.kernel$|(?<!\.ls[12])\.gamma$/, '.weight').replace(/\.beta$/, '.bias');
}

const projection = 'patch_embed.proj.kernel';

/** A kernel [in, out] is a weight [out, in] there, that of the patches [D, C, p, p] from [p·p·C, D] in the order (row, column, channel). */
function toTimm(name: string, weight: tf.Tensor, { patchSize, channels, width }: ViTEncoder): tf.Tensor {
  const patch = patchSides(patchSize);
  if (name === projection)
    return tf.transpose(tf.reshape(weight, [patch.height, patch.width, channels, width]), [3, 2, 0, 1]);
  return name.endsWith('.kernel') ? tf.transpose(weight) : tf.clone(weight);
}

function fromTimm(name: string, weight: tf.Tensor): tf.Tensor {
  if (name === projection && weight.rank === 4)
    return tf.reshape(tf.transpose(weight, [2, 3, 1, 0]), [-1, weight.shape[0]!]);
  return name.endsWith('.kernel') ? tf.transpose(weight) : tf.clone(weight);
}

/** Arguments of `timm.models.vision_transformer.VisionTransformer`. */
function timmArguments({ imageSize, patchSize, channels, width, depth, heads, mlpRatio }: ViTEncoder): object {
  const square = typeof patchSize === 'number';
  return {
    img_size: [imageSize.height, imageSize.width],
    ...{
      patch_size: square ? patchSize : [patchSize.height, patchSize.width],
      in_chans: channels,
      embed_dim: width,
      depth,
      num_heads: heads,
      mlp_ratio: mlpRatio,
    },
    num_classes: 0,
  };
}
