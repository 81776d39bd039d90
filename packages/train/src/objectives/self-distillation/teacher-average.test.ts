import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { disposeNetworks, tinyNetworks } from './__fixtures__/tiny-networks';
import { namedNetworkVariables } from './distillation-network';
import { teacherAverage } from './teacher-average';

function values(variables: ReadonlyMap<string, tf.Variable>): Map<string, number[]> {
  return new Map([...variables].map(([name, variable]) => [name, Array.from(variable.dataSync())]));
}

describe('teacherAverage', () => {
  it('begins as the student, by names, without its mask token, and follows it', () => {
    const [networks, other] = [tinyNetworks(3), tinyNetworks(5)];
    const [student, teacher] = [other.student, networks.teacher];
    const [ofStudent, ofTeacher] = [namedNetworkVariables(student), namedNetworkVariables(teacher)];
    expect([...ofStudent.keys()].filter((name) => !ofTeacher.has(name))).toEqual(['encoder/masked_embed']);
    const before = tf.memory().numTensors;
    const average = teacherAverage({ student, teacher, momentum: (steps) => (steps === 0 ? 0.9 : 1) });
    expect(tf.memory().numTensors).toBe(before); // it lives in the teacher's own weights
    const start = values(ofStudent);
    for (const [name, value] of values(ofTeacher)) expect(value).toEqual(start.get(name));

    tf.tidy(() => {
      for (const variable of ofStudent.values()) variable.assign(tf.add(variable, 1));
      for (const step of [1, 2]) average.update({ share: tf.scalar(average.scalars({ step }).share!) });
    });
    for (const [name, value] of values(ofTeacher)) {
      value.forEach((actual, index) => {
        expect(Math.abs(actual - (start.get(name)![index]! + 0.1))).toBeLessThan(1e-6);
      });
    }
    average.dispose();
    expect(tf.memory().numTensors).toBe(before);
    disposeNetworks(networks);
    disposeNetworks(other);
  });

  it('names a weight that the student lacks', () => {
    const networks = tinyNetworks();
    const swapped = { student: networks.teacher, teacher: networks.student, momentum: 0.9 };
    expect(() => teacherAverage(swapped)).toThrow(
      'teacherAverage: the student must have every weight of the teacher, so also encoder/masked_embed, got none',
    );
    disposeNetworks(networks);
  });
});
