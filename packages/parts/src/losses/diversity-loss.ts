// The diversity constraint: parts should look at different places.

import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean over images of (1 / P^2) * sum over i != j of cos(m_i, m_j)^2; the i = j terms of the paper's formula are zero.
 *
 * 0 for orthogonal maps, (P - 1) / P for identical ones, where its gradient vanishes too: never start all parts alike.
 * Invariant to the scale of each map.
 *
 * Reference: SemMAE Eq. 6, https://arxiv.org/abs/2206.10207
 *
 * @param maps before any blur, [B, P, N], non-negative
 */
export function diversityLoss(maps: tf.Tensor3D): tf.Scalar {
  const [batch, partCount] = maps.shape;
  return tf.tidy(() => {
    const products = tf.matMul(maps, maps, false, true); // m_i m_j^T, [B, P, P]
    const squaredNorms = tf.sum(tf.square(maps), 2, true); // [B, P, 1]
    const normProducts = tf.matMul(squaredNorms, squaredNorms, false, true); // |m_i|^2 |m_j|^2, [B, P, P]
    // Squared cosines need no root; 1e-16 is the square of the usual 1e-8 on a squared norm.
    const squaredCosines = tf.div(tf.square(products), tf.add(normProducts, 1e-16));
    const different = tf.sub(1, tf.eye(partCount)); // [P, P]
    return tf.mul(tf.sum(tf.mul(squaredCosines, different)), 1 / (batch * partCount * partCount));
  });
}
