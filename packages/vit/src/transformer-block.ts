// One pre-norm transformer block and the weights it needs.

import * as tf from '@tensorflow/tfjs-core';

import { gelu } from './gelu';
import { layerNorm } from './layer-norm';
import { linear } from './linear';
import type { ReadWeight, WeightPlan } from './seeded-layer';
import { type AttentionShape, lastOnAxis, type SelfAttention, selfAttention } from './self-attention';
import { constant, xavierUniform } from './tensor/initial-values';

export interface BlockShape extends AttentionShape {
  /** Factors of the attention and of the MLP, image by image, each [B, 1, 1] (drop path). Default: 1. */
  pathGains?: readonly [attention: tf.Tensor3D, mlp: tf.Tensor3D];
}

/**
 * x + attention(norm1(x)), then x + mlp(norm2(x)), with mlp = fc2·gelu(fc1).
 *
 * `x` [B·T, D] → `output` [B·Q, D] and what the attention computed on the way; Q = T unless `shape` asks for the last tokens
 * only. Tokens stay a matrix from block to block.
 *
 * Reference: Dosovitskiy et al., "An Image Is Worth 16x16 Words", §3.1 Eq. 2-3, https://arxiv.org/abs/2010.11929
 */
export function transformerBlock(x: tf.Tensor2D, weight: ReadWeight, shape: BlockShape): SelfAttention {
  const attended = selfAttention(
    layerNorm(x, weight('norm1.gamma'), weight('norm1.beta')),
    (name) => weight(`attn.${name}`),
    shape,
  );
  const afterAttention = tf.add<tf.Tensor2D>(lastTokens(x, shape), scaled(attended.output, shape.pathGains?.[0]));
  const normalized = layerNorm(afterAttention, weight('norm2.gamma'), weight('norm2.beta'));
  const hidden = gelu(linear(normalized, weight('mlp.fc1.kernel'), weight('mlp.fc1.bias'))); // [B·T, mlpRatio·D]
  const branch = linear(hidden, weight('mlp.fc2.kernel'), weight('mlp.fc2.bias')); // [B·Q, D]
  return { ...attended, output: tf.add<tf.Tensor2D>(afterAttention, scaled(branch, shape.pathGains?.[1])) };
}

/** `branch` [B·Q, D] times `gain` [B, 1, 1], if there is one. */
function scaled(branch: tf.Tensor2D, gain: tf.Tensor3D | undefined): tf.Tensor2D {
  if (gain === undefined) return branch;
  const [rows, width] = branch.shape;
  const byImage = tf.reshape(branch, [gain.shape[0], rows / gain.shape[0], width]);
  return tf.reshape(tf.mul(byImage, gain), [rows, width]);
}

/** The rows [B·Q, D] of the last Q tokens of each image. */
function lastTokens(x: tf.Tensor2D, { batchSize, tokenCount, queryCount = tokenCount }: AttentionShape): tf.Tensor2D {
  const byImage = tf.reshape<tf.Rank.R3>(x, [batchSize, tokenCount, x.shape[1]]);
  return tf.reshape(lastOnAxis(byImage, 1, queryCount), [batchSize * queryCount, x.shape[1]]);
}

/** The weights of a block under timm's names, `prefix` in front: Xavier-uniform kernels, zero biases, norms 1 and 0. */
export function transformerBlockWeights(prefix: string, width: number, hiddenWidth: number): WeightPlan[] {
  return [
    ...normWeights(`${prefix}.norm1`, width),
    ...linearWeights(`${prefix}.attn.qkv`, width, 3 * width),
    ...linearWeights(`${prefix}.attn.proj`, width, width),
    ...normWeights(`${prefix}.norm2`, width),
    ...linearWeights(`${prefix}.mlp.fc1`, width, hiddenWidth),
    ...linearWeights(`${prefix}.mlp.fc2`, hiddenWidth, width),
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
