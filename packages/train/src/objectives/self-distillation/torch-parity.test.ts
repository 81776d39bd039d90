import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { adamW } from '../../optimizers/adamw';
import { cosineBetween } from '../../schedules/cosine-between';
import { clipEachGradient } from '../../step/clip-each-gradient';
import { freezeAtFirst } from '../../step/freeze-at-first';
import { movingAverage } from '../../step/moving-average';
import reference from './__fixtures__/torch-reference.json' with { type: 'json' };
import { classDistillationLoss, patchDistillationLoss } from './distillation-losses';
import { moveCenter, sharpened } from './teacher-probabilities';

const [imageCount, localCount, prototypes, patchCount] = [3, 2, 7, 5];

/** As in make_torch_reference.py. */
function fixed(seed: number, shape: number[], scale = 1): tf.Tensor {
  const length = shape.reduce((a, b) => a * b);
  return tf.tensor(
    Float32Array.from({ length }, (_, index) => scale * Math.sin((index + 1) * (seed + 0.5))),
    shape,
  );
}

/** float32 of values around 1, through logits divided by 0.04: up to a few 1e-6 of the largest. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 5e-6): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(Math.abs(actual[index]! - value)).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
  });
}

describe('self-distillation in PyTorch', () => {
  const { losses, updates } = reference;

  it('has the same teacher probabilities and centers', () => {
    tf.tidy(() => {
      const [classLogits, patchLogits] = [
        fixed(1, [2 * imageCount, prototypes], 0.3),
        fixed(2, [2 * imageCount, patchCount, prototypes], 0.3),
      ];
      const [classCenter, patchCenter] = [
        tf.variable(fixed(3, [1, prototypes], 0.1), false),
        tf.variable(fixed(4, [1, 1, prototypes], 0.1), false),
      ];
      expectClose(sharpened(classLogits, classCenter, tf.scalar(0.04)).dataSync(), losses.teacherClass);
      expectClose(sharpened(patchLogits, patchCenter, tf.scalar(0.07)).dataSync(), losses.teacherPatch);
      moveCenter(classCenter, classLogits, tf.scalar(0.9));
      moveCenter(patchCenter, patchLogits, tf.scalar(0.9));
      expectClose(classCenter.dataSync(), losses.classCenter);
      expectClose(patchCenter.dataSync(), losses.patchCenter);
      tf.dispose([classCenter, patchCenter]);
    });
  });

  it('has the same losses and gradients', () => {
    tf.tidy(() => {
      const student = fixed(5, [(2 + localCount) * imageCount, prototypes], 0.3) as tf.Tensor2D;
      const patches = fixed(6, [2 * imageCount, patchCount, prototypes], 0.3) as tf.Tensor3D;
      const classLoss = (logits: tf.Tensor2D) =>
        classDistillationLoss({
          teacher: tf.tensor2d(losses.teacherClass, [2 * imageCount, prototypes]),
          globals: tf.slice(logits, [0, 0], [2 * imageCount, -1]),
          locals: tf.slice(logits, [2 * imageCount, 0], [localCount * imageCount, -1]),
          temperature: 0.1,
        });
      const patchLoss = (logits: tf.Tensor3D) =>
        patchDistillationLoss({
          teacher: tf.tensor3d(losses.teacherPatch, [2 * imageCount, patchCount, prototypes]),
          logits,
          hidden: tf.tensor2d(losses.hidden, [2 * imageCount, patchCount]),
          temperature: 0.1,
        });
      const ofClass = tf.valueAndGrad(classLoss)(student);
      const ofPatches = tf.valueAndGrad(patchLoss)(patches);
      expectClose(ofClass.value.dataSync(), [losses.classLoss]);
      expectClose(ofPatches.value.dataSync(), [losses.patchLoss]);
      expectClose(ofClass.grad.dataSync(), losses.studentGradient);
      expectClose(ofPatches.grad.dataSync(), losses.patchGradient);
    });
  });

  it('takes the same updates: scheduled decay, clipping one by one, frozen prototypes, the teacher behind', () => {
    const before = tf.memory().numTensors;
    const shapes = { kernel: [2, 3], bias: [3], prototypes: [5, 3] };
    const students = Object.entries(shapes).map(([name, shape], index) =>
      tf.tidy(() => tf.variable(fixed(11 + index, shape), true, `parity.${name}`)),
    );
    const totalSteps = 5;
    const optimizer = adamW({
      variables: students,
      beta2: 0.999,
      weightDecay: cosineBetween({ start: 0.04, end: 0.4, totalSteps }),
    });
    const teacher = movingAverage({ variables: students, decay: cosineBetween({ start: 0.9, end: 1, totalSteps }) });
    const transforms = [clipEachGradient(3), freezeAtFirst({ variables: [students[2]!], steps: 2 })];
    for (let step = 1; step <= totalSteps; step++) {
      const moment = { learningRate: 0.02, step };
      const scalars = (values: Record<string, number> = {}) =>
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.scalar(value)]));
      tf.tidy(() => {
        const gradients = Object.fromEntries(
          students.map((variable, index) => [variable.name, fixed(31 + 3 * (step - 1) + index, variable.shape, 4)]),
        );
        const changed = transforms.reduce(
          (all, transform) => transform.apply(all, scalars(transform.scalars?.(moment))),
          gradients as Record<string, tf.Tensor>,
        );
        optimizer.apply(changed, { scalars: scalars(optimizer.scalars(moment)) });
        teacher.update(scalars(teacher.scalars(moment)));
      });
    }
    Object.keys(shapes).forEach((name, index) => {
      const key = name as keyof typeof shapes;
      expectClose(students[index]!.dataSync(), updates.students[key]);
      expectClose(teacher.variables()[index]!.dataSync(), updates.teachers[key]);
    });
    optimizer.dispose();
    teacher.dispose();
    tf.dispose(students);
    expect(tf.memory().numTensors).toBe(before);
  });
});
