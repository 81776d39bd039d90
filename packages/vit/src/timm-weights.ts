// Weights in timm's layout: PyTorch's names, shapes and order of axes.

import { patchSides } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { MAEDecoder } from './mae-decoder';
import type { ProjectionHead } from './projection-head';
import type { ViTEncoder } from './vit-encoder';

/** A weight that is read when it is asked for, row-major. */
export interface TimmWeight {
  readonly shape: readonly number[];
  read(): Promise<Float32Array>;
}

/**
 * The weights of `network` as PyTorch has them, created if they are not yet there: those of an encoder under the names of timm's
 * `VisionTransformer` (`blocks.0.attn.qkv.weight` [3D, D]; `masked_embed` [1, D] under iBOT's), of a decoder under MAE's, of a head
 * under DINO's (`last_layer.weight_v` [E, bottleneck] and `last_layer.weight_g` [E, 1]).
 */
export function timmWeights(network: ViTEncoder | MAEDecoder | ProjectionHead): Map<string, TimmWeight> {
  return new Map(
    [...timmEntries(network)].map(([name, { shape, values }]) => {
      const read = async () => {
        const tensor = tf.tidy(values);
        const copy = Float32Array.from(await tensor.data<'float32'>());
        tensor.dispose();
        return copy;
      };
      return [name, { shape, read }];
    }),
  );
}

/** How one weight of PyTorch's is made of ours, and ours of it. */
export interface TimmEntry {
  readonly variable: tf.Variable;
  readonly shape: readonly number[];
  values(): tf.Tensor;
  assign(values: tf.Tensor): void;
}

/** By name, in the order of the network. */
export function timmEntries(network: ViTEncoder | MAEDecoder | ProjectionHead): Map<string, TimmEntry> {
  network.variables(); // builds it
  const entries = new Map<string, TimmEntry>();
  for (const [name, variable] of network.namedVariables()) {
    if (name === 'patch_embed.proj.kernel') entries.set(timmName(name), patchEntry(variable, network as ViTEncoder));
    else if (name.endsWith('.kernel')) entries.set(timmName(name), linearEntry(variable));
    else entries.set(timmName(name), plainEntry(variable));
  }
  return entries;
}

/** LayerScale has a parameter `gamma` in timm, too; that of a norm is its `weight`. */
function timmName(name: string): string {
  if (/\.ls\d\.gamma$/.test(name)) return name;
  return name.replace(/\.(kernel|gamma)$/, '.weight').replace(/\.beta$/, '.bias');
}

function plainEntry(variable: tf.Variable): TimmEntry {
  const { shape } = variable;
  return { variable, shape, values: () => tf.clone(variable), assign: (values) => variable.assign(values) };
}

/** [I, O] here, [O, I] there. */
function linearEntry(variable: tf.Variable): TimmEntry {
  return {
    variable,
    shape: variable.shape.toReversed(),
    values: () => tf.transpose(variable),
    assign: (values) => variable.assign(tf.transpose(values)),
  };
}

/** A matrix [h·w·C, D] on pixels in the order (row, column, channel) here, a convolution [D, C, h, w] there. */
function patchEntry(variable: tf.Variable, { patchSize, channels, width }: ViTEncoder): TimmEntry {
  const patch = patchSides(patchSize);
  return {
    variable,
    shape: [width, channels, patch.height, patch.width],
    values: () => tf.transpose(tf.reshape(variable, [patch.height, patch.width, channels, width]), [3, 2, 0, 1]),
    assign: (values) => variable.assign(tf.reshape(tf.transpose(values, [2, 3, 1, 0]), variable.shape)),
  };
}
