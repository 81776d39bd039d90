// The teacher's weights: the exponential moving average of the student's.

import { SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { type MovingAverage, type MovingAverageOptions, movingAverage } from '../../step/moving-average';
import { type DistillationNetwork, namedNetworkVariables } from './distillation-network';

export interface TeacherAverageOptions {
  student: DistillationNetwork;
  /** Weights of the same names and shapes; it may lack what only the student needs, such as the mask token. */
  teacher: DistillationNetwork;
  /** The teacher's momentum, e.g. `cosineBetween({ start: 0.996, end: 1, totalSteps })`. */
  momentum: MovingAverageOptions['decay'];
}

/**
 * Sets the teacher to the student now; each update then moves it: teacher <- m · teacher + (1 - m) · student. Pass the result to
 * `train` as `movingAverage`.
 */
export function teacherAverage({ student, teacher, momentum }: TeacherAverageOptions): MovingAverage {
  const ofStudent = namedNetworkVariables(student);
  const pairs = [...namedNetworkVariables(teacher)].map(([name, average]) => ({
    average,
    variable: ofStudent.get(name) ?? missing(name),
  }));
  const [trained, constant] = [true, false].map((kind) => pairs.filter(({ variable }) => variable.trainable === kind));
  tf.tidy(() => {
    for (const { variable, average } of constant!) average.assign(tf.clone(variable as tf.Tensor));
  });
  return movingAverage({
    variables: trained!.map(({ variable }) => variable),
    averages: trained!.map(({ average }) => average),
    decay: momentum,
  });
}

function missing(name: string): never {
  throw new SemmaeError({
    where: 'teacherAverage',
    requirement: `the student must have every weight of the teacher, so also ${name}`,
    got: 'none',
    remedy: 'build both from the same configuration',
  });
}
