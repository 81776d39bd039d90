// Normalization of feature maps by the statistics of each image: over groups of channels, or channel by channel.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { SeededWeights } from './seeded-weights';

/** `group` has eight groups of channels, `instance` one channel in each; neither mixes images. */
export type MapNormalization = 'none' | 'instance' | 'group';

const groups = 8;
const varianceFloor = 1e-5;

/**
 * A function [B, H, W, C] → [B, H, W, C]: (x - mean) / √(var + 1e-5) over the pixels and channels of a group, then a gain and an
 * offset for each channel. Undefined for `none`.
 *
 * Reference: Wu & He, "Group Normalization", §3, https://arxiv.org/abs/1803.08494
 */
export function mapNormalization(
  kind: MapNormalization,
  weights: SeededWeights,
  name: string,
  channels: number,
): ((maps: tf.Tensor4D) => tf.Tensor4D) | undefined {
  if (kind === 'none') return undefined;
  const groupCount = kind === 'instance' ? channels : groups;
  const gain = weights.ones(`${name}.gain`, [channels]);
  const offset = weights.uniform(`${name}.offset`, [channels], 0);
  return (maps) => {
    const [batch, height, width] = maps.shape;
    const grouped = tf.reshape(maps, [batch, height * width, groupCount, channels / groupCount]);
    const { mean, variance } = tf.moments(grouped, [1, 3], true); // [B, 1, G, 1]
    const normal = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, varianceFloor)));
    return tf.add(tf.mul(tf.reshape(normal, maps.shape), gain), offset);
  };
}

/** Eight equal groups need a multiple of eight channels. */
export function assertChannels(baseWidth: number, kind: MapNormalization): void {
  if (kind !== 'group' || baseWidth % groups === 0) return;
  throw new SemmaeError({
    where: 'maskNetwork',
    requirement: `baseWidth must be a multiple of ${groups} for group normalization`,
    got: baseWidth,
    remedy: "choose another width, or normalization: 'instance'",
  });
}
