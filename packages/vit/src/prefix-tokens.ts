// The tokens in front of those of the patches: class token, distillation token, registers.

import { assertInteger, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { ReadWeight, WeightPlan } from './seeded-layer';
import { normal } from './tensor/initial-values';

export interface PrefixTokenConfig {
  /** Whether a class token `cls_token` comes first. Default true. */
  classToken?: boolean;
  /** Whether DeiT's distillation token `dist_token` follows the class token (https://arxiv.org/abs/2012.12877, §4). Default false. */
  distillationToken?: boolean;
  /**
   * Number of registers `reg_token`, which come last and never have positions. They take up what patches would otherwise hold for
   * the whole image: Darcet et al., "Vision Transformers Need Registers", https://arxiv.org/abs/2309.16588. Default 0.
   */
  registers?: number;
  /** Whether class and distillation token have rows of their own in `pos_embed`, in front of those of the patches. Default true. */
  classPosition?: boolean;
}

export interface PrefixTokens extends Readonly<Required<PrefixTokenConfig>> {
  /** All of them. */
  readonly count: number;
  /** The first ones, with a row in `pos_embed`. */
  readonly positioned: number;
}

/** Fills in defaults and checks. */
export function prefixTokens(where: string, config: PrefixTokenConfig): PrefixTokens {
  const { classToken = true, distillationToken = false, registers = 0, classPosition = true } = config;
  assertInteger(where, 'registers', registers, { least: 0 });
  if (distillationToken && !classToken) {
    const requirement = 'a distillationToken needs the classToken that it follows';
    throw new SemmaeError({ where, requirement, got: 'classToken: false' });
  }
  const special = Number(classToken) + Number(distillationToken);
  return {
    ...{ classToken, distillationToken, registers, classPosition },
    count: special + registers,
    positioned: classPosition ? special : 0,
  };
}

/** What a layer's `getConfig` says of them; a field only where it is not the default. */
export function prefixTokenConfig({ classToken, distillationToken, registers, classPosition }: PrefixTokens) {
  return {
    ...(!classToken && { classToken }),
    ...(distillationToken && { distillationToken }),
    ...(registers > 0 && { registers }),
    ...(!classPosition && { classPosition }),
  };
}

/** `cls_token` and `dist_token` [1, 1, D], `reg_token` [1, registers, D]. */
export function prefixWeights({ classToken, distillationToken, registers }: PrefixTokens, width: number): WeightPlan[] {
  const plan = (name: string, count: number): WeightPlan => ({ name, shape: [1, count, width], values: normal(0.02) });
  return [
    ...(classToken ? [plan('cls_token', 1)] : []),
    ...(distillationToken ? [plan('dist_token', 1)] : []),
    ...(registers > 0 ? [plan('reg_token', registers)] : []),
  ];
}

/** All of them, with the positions that they have in `pos_embed` [1, positioned + N, D]: [1, count, D], or undefined for none. */
export function embedPrefix(
  { classToken, distillationToken, registers, positioned }: PrefixTokens,
  weight: ReadWeight,
): tf.Tensor3D | undefined {
  const special = [...(classToken ? ['cls_token'] : []), ...(distillationToken ? ['dist_token'] : [])];
  const parts: tf.Tensor3D[] = special.map((name) => weight(name));
  if (positioned > 0) {
    const positions = tf.slice(weight<tf.Tensor3D>('pos_embed'), [0, 0, 0], [1, positioned, -1]);
    parts.splice(0, parts.length, tf.add(joined(parts)!, positions));
  }
  if (registers > 0) parts.push(weight('reg_token'));
  return joined(parts);
}

function joined(parts: tf.Tensor3D[]): tf.Tensor3D | undefined {
  return parts.length > 1 ? tf.concat(parts, 1) : parts[0];
}
