// Makes the batch of a step: views from the caller, the teacher's word on them, masks and drop path.

import { createRng } from '@semmae/core';
import { drawPathGains } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';

import type { DistillationBatch } from './distillation-batch';
import type { DistillationNetwork } from './distillation-network';
import type { TeacherMoment, TeacherPass } from './teacher-pass';
import type { ViewMasking } from './view-masking/view-masking';

/** Views of the images of a step, as tensors that are taken over. */
export interface DistillationViews {
  /** [2B, H, W, C]: the first view of all images, then the second. */
  globals: tf.Tensor4D;
  /** [L·B, h, w, C] */
  locals?: tf.Tensor4D;
}

export interface DistillationBatchesOptions {
  student: DistillationNetwork;
  pass: TeacherPass;
  views: (epoch: number, batchInEpoch: number) => DistillationViews | Promise<DistillationViews>;
  /** Temperatures and center momentum of a batch. */
  moment: (epoch: number, batchInEpoch: number) => TeacherMoment;
  /** Fraction of training done before a batch, for scheduled maskings. */
  progress: (epoch: number, batchInEpoch: number) => number;
  /** Its `attention` guidance needs a pass made with `attention: true`. Default: nothing is hidden. */
  masking?: ViewMasking;
  /** Rate of the student's last block. Default 0. */
  dropPath?: number;
  /** Masks and drop path of a batch depend on it and on the two indices. Default 0. */
  seed?: number;
}

/** The `batch` of `train` for `selfDistillationObjective`: views, then the teacher's pass, then masks that may follow it. */
export function distillationBatches({
  student: { encoder },
  pass,
  views,
  moment,
  progress,
  masking,
  dropPath = 0,
  seed = 0,
}: DistillationBatchesOptions): (epoch: number, batchInEpoch: number) => Promise<DistillationBatch> {
  const gains = (viewCount: number, rng: ReturnType<typeof createRng>) =>
    tf.tensor2d(drawPathGains({ depth: encoder.depth, batchSize: viewCount, dropPath, rng }), [
      2 * encoder.depth,
      viewCount,
    ]);

  return async (epoch, batchInEpoch) => {
    const rng = createRng(seed).split('self-distillation', epoch, batchInEpoch);
    const { globals, locals } = await views(epoch, batchInEpoch);
    const [viewCount, height, width] = globals.shape;
    const { attention, ...ofTeacher } = pass(globals, moment(epoch, batchInEpoch));
    const batch: DistillationBatch = { globalViews: globals, ...ofTeacher };
    if (locals !== undefined) batch.localViews = locals;
    if (masking !== undefined) {
      const grid = encoder.gridOf(height, width);
      const context = {
        grid,
        viewCount,
        progress: progress(epoch, batchInEpoch),
        attention: attention && ((await attention.data()) as Float32Array),
      };
      const hidden = masking.sample(context, rng.split('masks'));
      batch.hidden = tf.tensor2d(hidden, [viewCount, grid.patchCount]);
    }
    attention?.dispose();
    if (dropPath > 0) {
      batch.globalGains = gains(viewCount, rng.split('globals'));
      if (locals !== undefined) batch.localGains = gains(locals.shape[0], rng.split('locals'));
    }
    return batch;
  };
}
