// The two losses of self-distillation: class tokens between views, patch tokens within a view.

import { assertShape } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

export interface ClassDistillationInput {
  /** [2B, E]: the teacher's probabilities of the global views, first view of all images, then second view. */
  teacher: tf.Tensor2D;
  /** [2B, E]: the student's logits of the global views, in the same order. */
  globals: tf.Tensor2D;
  /** [L·B, E]: the student's logits of the local views, view by view. */
  locals?: tf.Tensor2D;
  /** The student's temperature, > 0. */
  temperature: number;
}

/**
 * Mean of the cross-entropy H(teacher q, student v) over the images and over all pairs of a global view q of the teacher and a
 * view v ≠ q of the student: 2 · (1 + L) pairs. Differentiable in the logits.
 *
 * Reference: Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", Eq. 3, https://arxiv.org/abs/2104.14294
 */
export function classDistillationLoss({ teacher, globals, locals, temperature }: ClassDistillationInput): tf.Scalar {
  const [rows, prototypes] = teacher.shape;
  const imageCount = rows / 2;
  assertShape('classDistillationLoss', 'globals', globals.shape, [2 * imageCount, prototypes]);
  const localCount = locals === undefined ? 0 : locals.shape[0] / imageCount;
  if (locals !== undefined)
    assertShape('classDistillationLoss', 'locals', locals.shape, [Math.round(localCount) * imageCount, prototypes]);
  return tf.tidy(() => {
    const ofGlobals = byView(logProbabilities(globals, temperature), 2);
    const ofLocals = locals === undefined ? undefined : byView(logProbabilities(locals, temperature), localCount);
    const [first, second] = tf.split(ofGlobals, 2, 0) as [tf.Tensor3D, tf.Tensor3D]; // [1, B, E] each
    const others = tf.concat([second, first], 0); // where q is the first view, the other global is the second
    const seen = ofLocals === undefined ? others : tf.add(others, tf.sum(ofLocals, 0, true)); // [2, B, E]: Σ log P over v ≠ q
    const pairs = 2 * (1 + localCount);
    return tf.div(tf.neg(tf.sum(tf.mul(byView(teacher, 2), seen))), pairs * imageCount) as tf.Scalar;
  });
}

export interface PatchDistillationInput {
  /** [V, N, E]: the teacher's probabilities of the patches of V views, all of them seen. */
  teacher: tf.Tensor3D;
  /** [V, N, E]: the student's logits of the same views. */
  logits: tf.Tensor3D;
  /** [V, N] float: 1 where the student did not see the patch. */
  hidden: tf.Tensor2D;
  /** The student's temperature, > 0. */
  temperature: number;
}

/**
 * Cross-entropy of the hidden patches: the mean over those of a view, with a divisor of at least 1 so that a view that hides
 * nothing counts as 0; then the mean over the views. Differentiable in the logits.
 *
 * Reference: Zhou et al., "iBOT: Image BERT Pre-Training with Online Tokenizer", Eq. 2, https://arxiv.org/abs/2111.07832
 */
export function patchDistillationLoss({ teacher, logits, hidden, temperature }: PatchDistillationInput): tf.Scalar {
  const [viewCount, patchCount, prototypes] = teacher.shape;
  assertShape('patchDistillationLoss', 'logits', logits.shape, [viewCount, patchCount, prototypes]);
  assertShape('patchDistillationLoss', 'hidden', hidden.shape, [viewCount, patchCount]);
  return tf.tidy(() => {
    const hiddenCount = tf.maximum(tf.sum(hidden, 1, true), 1); // [V, 1]
    const weight = tf.div(hidden, tf.mul(hiddenCount, viewCount)); // [V, N]
    const crossEntropy = tf.neg(tf.sum(tf.mul(teacher, logProbabilities(logits, temperature)), 2)); // [V, N]
    return tf.sum(tf.mul(crossEntropy, weight)) as tf.Scalar;
  });
}

/** log softmax(logits / temperature) over the last axis. */
function logProbabilities<T extends tf.Tensor>(logits: T, temperature: number): T {
  return tf.logSoftmax(tf.mul(logits, 1 / temperature) as T);
}

/** [views · B, E] → [views, B, E] */
function byView(rows: tf.Tensor2D, views: number): tf.Tensor3D {
  return tf.reshape(rows, [views, rows.shape[0] / views, rows.shape[1]]);
}
