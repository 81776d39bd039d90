// What student and teacher are made of: an encoder and the head that turns tokens into logits over prototypes.

import type { ProjectionHead, ViTEncoder } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

export interface DistillationNetwork {
  encoder: ViTEncoder;
  /** For class tokens and patch tokens; patches have prototypes of their own where it has `patchPrototypes`. */
  head: ProjectionHead;
}

/** The trainable weights of a network, created if they are not yet there; in the same order for equal networks. */
export function networkVariables({ encoder, head }: DistillationNetwork): tf.Variable[] {
  return [...encoder.variables(), ...head.variables()];
}

/** All weights by names that say which part they belong to, such as `encoder/blocks.0.norm1.gamma`. */
export function namedNetworkVariables(network: DistillationNetwork): Map<string, tf.Variable> {
  networkVariables(network); // builds both
  return new Map(
    Object.entries({ encoder: network.encoder, head: network.head }).flatMap(([part, layer]) =>
      [...layer.namedVariables()].map(([name, variable]) => [`${part}/${name}`, variable] as const),
    ),
  );
}

/** The prototypes' weights, which DINO freezes for the first epoch. */
export function prototypeVariables({ head }: DistillationNetwork): tf.Variable[] {
  head.variables();
  return [...head.namedVariables()].filter(([name]) => name.startsWith('last_layer')).map(([, variable]) => variable);
}

/** Logits of class tokens [V, D] → [V, E]. */
export function classLogits({ head }: DistillationNetwork, tokens: tf.Tensor2D): tf.Tensor2D {
  return head.apply(tokens) as tf.Tensor2D;
}

/** Logits of patch tokens [V, N, D] → [V, N, E]. */
export function patchLogits({ head }: DistillationNetwork, tokens: tf.Tensor3D): tf.Tensor3D {
  const [viewCount, patchCount, width] = tokens.shape;
  const rows = tf.reshape<tf.Rank.R2>(tokens, [viewCount * patchCount, width]);
  const options = head.patchPrototypes === undefined ? {} : { patch: true };
  return tf.reshape(head.apply(rows, options) as tf.Tensor2D, [viewCount, patchCount, -1]);
}
