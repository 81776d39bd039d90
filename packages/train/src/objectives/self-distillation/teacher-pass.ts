// What the teacher says of the global views, and what it has to remember for that: the centers.

import { classAttention } from '@semmae/vit';
import { namedVariable } from '@semmae/vit/tensor';
import * as tf from '@tensorflow/tfjs-core';

import { type Compile, runDirectly, type TensorGroup } from '../../step/compile';
import { classLogits, type DistillationNetwork, patchLogits } from './distillation-network';
import { moveCenter, sharpened } from './teacher-probabilities';

export interface TeacherPassOptions {
  teacher: DistillationNetwork;
  /** Whether patches get probabilities too, for the patch loss. Default true. */
  patches?: boolean;
  /** Whether to return the class token's attention, for masks that follow it. Default false. */
  attention?: boolean;
  compile?: Compile;
}

/** What differs from step to step; numbers enter the compiled pass as tensors. */
export interface TeacherMoment {
  /** > 0; the lower, the sharper. 0.04, DINO; iBOT rises to 0.07. */
  classTemperature: number;
  /** > 0. 0.04 to 0.07, iBOT. */
  patchTemperature: number;
  /** What the centers keep of themselves, in [0, 1]. 0.9, DINO and iBOT. */
  centerMomentum: number;
}

/** A type and not an interface, so that it is a record of tensors. */
export type TeacherOutput = {
  /** [V, E] */
  teacherClass: tf.Tensor2D;
  /** [V, N, E] */
  teacherPatch?: tf.Tensor3D;
  /** [V, N]: attention of the class token to each patch in the last block, mean over the heads. */
  attention?: tf.Tensor2D;
};

export interface TeacherPass {
  /** `globalViews` [V, H, W, C], all patches seen. The output is the caller's. Moves the centers. */
  (globalViews: tf.Tensor4D, moment: TeacherMoment): TeacherOutput;
  /** The centers, for checkpoints: `classCenter` [1, E] and, with `patches`, `patchCenter` [1, 1, E]. They begin at 0. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  /** Frees the centers; the network stays. */
  dispose(): void;
}

/**
 * softmax((logits - center) / temperature), with the center before this batch; then the center moves towards the batch's mean:
 * center <- m · center + (1 - m) · mean, the mean of patches being over patches and views. The center keeps a single prototype
 * from winning everywhere, the temperature keeps all of them from being alike.
 *
 * Reference: DINO, §3.1 Eq. 4, https://arxiv.org/abs/2104.14294; iBOT, §3.2, https://arxiv.org/abs/2111.07832
 */
export function teacherPass({
  teacher,
  patches = true,
  attention = false,
  compile = runDirectly,
}: TeacherPassOptions): TeacherPass {
  const { encoder, head } = teacher;
  const classCenter = namedVariable('class_center', tf.zeros([1, head.prototypes]), false);
  const patchCenter = patches
    ? namedVariable('patch_center', tf.zeros([1, 1, head.patchPrototypes ?? head.prototypes]), false)
    : undefined;

  const run = compile((...inputs: TensorGroup[]): TensorGroup => {
    const [views, { classTemperature, patchTemperature, kept }] = inputs as [tf.Tensor4D, Record<string, tf.Scalar>];
    return tf.tidy(() => {
      const encoding = encoder.encode(views, { attention });
      const ofClass = classLogits(teacher, encoding.pooled); // [V, E]
      const output: TeacherOutput = { teacherClass: sharpened(ofClass, classCenter, classTemperature!) };
      moveCenter(classCenter, ofClass, kept!);
      if (patchCenter !== undefined) {
        const ofPatches = patchLogits(teacher, encoding.patchTokens); // [V, N, E]
        output.teacherPatch = sharpened(ofPatches, patchCenter, patchTemperature!);
        moveCenter(patchCenter, ofPatches, kept!);
      }
      if (attention) output.attention = classAttention(encoding.attention!.at(-1)!, encoder.prefix);
      return output;
    });
  });

  const pass = (globalViews: tf.Tensor4D, { classTemperature, patchTemperature, centerMomentum }: TeacherMoment) =>
    tf.tidy(() => {
      const scalars = { classTemperature, patchTemperature, kept: centerMomentum };
      const tensors = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, tf.scalar(value)]));
      return run(globalViews, tensors) as TeacherOutput;
    });
  const state: Record<string, tf.Variable> = patchCenter === undefined ? { classCenter } : { classCenter, patchCenter };
  return Object.assign(pass, { state, dispose: () => tf.dispose(Object.values(state)) });
}
