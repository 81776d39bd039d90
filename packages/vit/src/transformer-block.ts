// One pre-norm transformer block and the weights it needs.

import * as tf from '@tensorflow/tfjs-core';

import { gelu } from './gelu';
import { layerNorm } from './layer-norm';
import { linear } from './linear';
import type { ReadWeight, WeightPlan } from './seeded-layer';
import { type AttentionShape, lastOnAxis, type SelfAttention, selfAttention } from './self-attention';
import { constant, xavierUniform } from './tensor/initial-values';
import type { Transformer } from './transformer-config';

export interface BlockPass extends Omit<AttentionShape, 'heads' | 'qkvBias'> {
  /** Factors of the attention and of the MLP, image by image, each [B, 1, 1] (drop path). Default: 1. */
  pathGains?: readonly [attention: tf.Tensor3D, mlp: tf.Tensor3D];
}

/**
 * x + attention(norm1(x)), then x + mlp(norm2(x)), each branch times its LayerScale if `transformer` has one.
 *
 * `x` [B·T, D] → `output` [B·Q, D] and what the attention computed on the way; Q = T unless `pass` asks for the last tokens
 * only. Tokens stay a matrix from block to block.
 *
 * Reference: Dosovitskiy et al., "An Image Is Worth 16x16 Words", §3.1 Eq. 2-3, https://arxiv.org/abs/2010.11929
 */
export function transformerBlock(
  x: tf.Tensor2D,
  weight: ReadWeight,
  transformer: Transformer,
  pass: BlockPass,
): SelfAttention {
  const { heads, qkvBias, normEpsilon } = transformer;
  const attended = selfAttention(
    layerNorm(x, weight('norm1.gamma'), weight('norm1.beta'), normEpsilon),
    (name) => weight(`attn.${name}`),
    { ...pass, heads, qkvBias },
  );
  const scaled = (branch: tf.Tensor2D, index: 0 | 1) => {
    const layerScaled =
      transformer.layerScale === undefined ? branch : tf.mul<tf.Tensor2D>(branch, weight(`ls${index + 1}.gamma`));
    return gained(layerScaled, pass.pathGains?.[index]);
  };
  const afterAttention = tf.add<tf.Tensor2D>(lastTokens(x, pass), scaled(attended.output, 0));
  const normalized = layerNorm(afterAttention, weight('norm2.gamma'), weight('norm2.beta'), normEpsilon);
  const branch = mlp(normalized, (name) => weight(`mlp.${name}`), transformer); // [B·Q, D]
  return { ...attended, output: tf.add<tf.Tensor2D>(afterAttention, scaled(branch, 1)) };
}

/** `x` [R, D] → [R, D], by way of the hidden layer. */
function mlp(x: tf.Tensor2D, weight: ReadWeight, { mlp: kind, hiddenWidth }: Transformer): tf.Tensor2D {
  const projected = linear(x, weight('fc1.kernel'), weight('fc1.bias')); // [R, hidden], or [R, 2·hidden] for 'swiglu'
  const hidden = kind === 'swiglu' ? gatedBySilu(projected, hiddenWidth) : gelu(projected); // [R, hidden]
  return linear(hidden, weight('fc2.kernel'), weight('fc2.bias'));
}

/** silu(a)·b of the halves a and b of `x` [R, 2·hidden], with silu(a) = a·sigmoid(a). */
function gatedBySilu(x: tf.Tensor2D, hiddenWidth: number): tf.Tensor2D {
  const [gate, values] = tf.split(x, [hiddenWidth, hiddenWidth], 1) as [tf.Tensor2D, tf.Tensor2D];
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), values);
}

/** `branch` [B·Q, D] times `gain` [B, 1, 1], if there is one. */
function gained(branch: tf.Tensor2D, gain: tf.Tensor3D | undefined): tf.Tensor2D {
  if (gain === undefined) return branch;
  const [rows, width] = branch.shape;
  const byImage = tf.reshape(branch, [gain.shape[0], rows / gain.shape[0], width]);
  return tf.reshape(tf.mul(byImage, gain), [rows, width]);
}

/** The rows [B·Q, D] of the last Q tokens of each image. */
function lastTokens(x: tf.Tensor2D, { batchSize, tokenCount, queryCount = tokenCount }: BlockPass): tf.Tensor2D {
  const byImage = tf.reshape<tf.Rank.R3>(x, [batchSize, tokenCount, x.shape[1]]);
  return tf.reshape(lastOnAxis(byImage, 1, queryCount), [batchSize * queryCount, x.shape[1]]);
}

/** The weights of a block under timm's names, `prefix` in front: Xavier-uniform kernels, zero biases, norms 1 and 0. */
export function transformerBlockWeights(prefix: string, transformer: Transformer): WeightPlan[] {
  const { width, hiddenWidth, mlp, qkvBias, layerScale } = transformer;
  const layerScaleWeight = (name: string): WeightPlan[] =>
    layerScale === undefined ? [] : [{ name: `${prefix}.${name}.gamma`, shape: [width], values: constant(layerScale) }];
  return [
    ...normWeights(`${prefix}.norm1`, width),
    ...linearWeights(`${prefix}.attn.qkv`, width, 3 * width).slice(0, qkvBias ? 2 : 1),
    ...linearWeights(`${prefix}.attn.proj`, width, width),
    ...layerScaleWeight('ls1'),
    ...normWeights(`${prefix}.norm2`, width),
    ...linearWeights(`${prefix}.mlp.fc1`, width, mlp === 'swiglu' ? 2 * hiddenWidth : hiddenWidth),
    ...linearWeights(`${prefix}.mlp.fc2`, hiddenWidth, width),
    ...layerScaleWeight('ls2'),
  ];
}

export function normWeights(prefix: string, width: number): WeightPlan[] {
  return [
    { name: `${prefix}.gamma`, shape: [width], values: constant(1) },
    { name: `${prefix}.beta`, shape: [width], values: constant(0) },
  ];
}

export function linearWeights(prefix: string, inputs: number, outputs: number): WeightPlan[] {
  return [
    { name: `${prefix}.kernel`, shape: [inputs, outputs], values: xavierUniform },
    { name: `${prefix}.bias`, shape: [outputs], values: constant(0) },
  ];
}
