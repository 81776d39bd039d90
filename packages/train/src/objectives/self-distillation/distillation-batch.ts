// What a step of the student takes in.

import type * as tf from '@tensorflow/tfjs-core';

/** Views of B images; pixels already normalized by mean and standard deviation. */
export interface DistillationBatch {
  /** [2B, H, W, C]: the first view of all images, then the second. */
  globalViews: tf.Tensor4D;
  /** [L·B, h, w, C]: view by view likewise. */
  localViews?: tf.Tensor4D;
  /** [2B, N] float: 1 where the student does not see the patch. */
  hidden?: tf.Tensor2D;
  /** [2B, E]: the teacher's probabilities of the global views. */
  teacherClass: tf.Tensor2D;
  /** [2B, N, E]: the same for their patches. */
  teacherPatch?: tf.Tensor3D;
  /** [2 · depth, 2B]: drop path of the global views, from `drawPathGains`. */
  globalGains?: tf.Tensor2D;
  /** [2 · depth, L·B] */
  localGains?: tf.Tensor2D;
}
