import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { classDistillationLoss, patchDistillationLoss } from './distillation-losses';

const [imageCount, localCount, prototypes, patchCount] = [3, 5, 7, 11];
const rng = createRng(1);
const normals = (length: number, scale = 1) => Float32Array.from({ length }, () => scale * rng.normal());

function softmax(row: number[]): number[] {
  const weights = row.map(Math.exp);
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

function crossEntropy(p: number[], logits: number[], temperature: number): number {
  const q = softmax(logits.map((logit) => logit / temperature));
  return -p.reduce((sum, probability, k) => sum + probability * Math.log(q[k]!), 0);
}

function rows(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[row * width + column]!),
  );
}

function read(compute: () => tf.Tensor): number {
  const before = tf.memory().numTensors;
  const value = tf.tidy(() => compute().dataSync()[0]!);
  expect(tf.memory().numTensors).toBe(before);
  return value;
}

describe('classDistillationLoss', () => {
  it.each([0, localCount])('agrees with loops over all pairs of views, %d of them local', (locals) => {
    const teacher = rows(normals(2 * imageCount * prototypes), prototypes).map(softmax);
    const logits = rows(normals((2 + locals) * imageCount * prototypes, 0.3), prototypes);
    let expected = 0;
    for (let q = 0; q < 2; q++) {
      for (let v = 0; v < 2 + locals; v++) {
        if (v === q) continue;
        for (let image = 0; image < imageCount; image++)
          expected += crossEntropy(teacher[q * imageCount + image]!, logits[v * imageCount + image]!, 0.1);
      }
    }
    expected /= 2 * (1 + locals) * imageCount;
    const actual = read(() =>
      classDistillationLoss({
        teacher: tf.tensor2d(teacher),
        globals: tf.tensor2d(logits.slice(0, 2 * imageCount)),
        locals: locals === 0 ? undefined : tf.tensor2d(logits.slice(2 * imageCount)),
        temperature: 0.1,
      }),
    );
    expect(Math.abs(actual - expected)).toBeLessThan(2e-6 * expected); // float32 sums
  });

  it('is ln E for a student that knows nothing, and the entropy of the teacher for one that agrees', () => {
    const teacher = rows(normals(2 * prototypes), prototypes).map(softmax);
    const same = [teacher[1]!, teacher[0]!]; // each view says what the other's teacher says
    const loss = (globals: tf.Tensor2D) =>
      classDistillationLoss({ teacher: tf.tensor2d(teacher), globals, temperature: 0.1 });
    expect(read(() => loss(tf.zeros([2, prototypes])))).toBeCloseTo(Math.log(prototypes), 6);
    const entropy = teacher.flat().reduce((sum, p) => sum - (p * Math.log(p)) / 2, 0);
    expect(read(() => loss(tf.mul(tf.log(tf.tensor2d(same)), 0.1)))).toBeCloseTo(entropy, 5);
  });

  it('refuses logits of other views', () => {
    const teacher = tf.ones<tf.Rank.R2>([4, prototypes]);
    const globals = tf.ones<tf.Rank.R2>([4, prototypes]);
    const locals = tf.ones<tf.Rank.R2>([3, prototypes]);
    expect(() => classDistillationLoss({ teacher, globals: locals, temperature: 0.1 })).toThrow(
      `classDistillationLoss: globals must have shape [4, ${prototypes}], got [3, ${prototypes}]`,
    );
    expect(() => classDistillationLoss({ teacher, globals, locals, temperature: 0.1 })).toThrow(
      `locals must have shape [4, ${prototypes}], got [3, ${prototypes}]`,
    );
    tf.dispose([teacher, globals, locals]);
  });
});

describe('patchDistillationLoss', () => {
  const viewCount = 2 * imageCount;
  const teacher = rows(normals(viewCount * patchCount * prototypes), prototypes).map(softmax);
  const logits = rows(normals(viewCount * patchCount * prototypes, 0.3), prototypes);

  function loss(hidden: ArrayLike<number>): number {
    return read(() =>
      patchDistillationLoss({
        teacher: tf.tensor3d(teacher.flat(), [viewCount, patchCount, prototypes]),
        logits: tf.tensor3d(logits.flat(), [viewCount, patchCount, prototypes]),
        hidden: tf.tensor2d(Float32Array.from(hidden), [viewCount, patchCount]),
        temperature: 0.1,
      }),
    );
  }

  it('agrees with loops: a mean over the hidden patches of each view, views without any counting as 0', () => {
    const hidden = Array.from({ length: viewCount * patchCount }, () => (rng.uniform() < 0.4 ? 1 : 0));
    hidden.fill(0, 0, patchCount); // the first view hides nothing
    hidden.fill(0, patchCount, 2 * patchCount);
    hidden[patchCount + 3] = 1; // the second a single patch
    let expected = 0;
    for (let view = 0; view < viewCount; view++) {
      let [sum, count] = [0, 0];
      for (let patch = view * patchCount; patch < (view + 1) * patchCount; patch++) {
        if (hidden[patch] === 0) continue;
        sum += crossEntropy(teacher[patch]!, logits[patch]!, 0.1);
        count += 1;
      }
      expected += sum / Math.max(1, count) / viewCount;
    }
    expect(Math.abs(loss(hidden) - expected)).toBeLessThan(2e-6 * expected); // float32 sums
  });

  it('is 0 where nothing is hidden, and does not hear of patches that are seen', () => {
    expect(loss(new Float32Array(viewCount * patchCount))).toBe(0);
    const gradient = tf.tidy(() => {
      const hidden = tf.tensor2d([
        [1, 0, 0],
        [0, 1, 1],
      ]);
      const p = tf.tensor3d(teacher.slice(0, 6).flat(), [2, 3, prototypes]);
      const gradientOf = tf.grad((z) =>
        patchDistillationLoss({ teacher: p, logits: z as tf.Tensor3D, hidden, temperature: 0.1 }),
      );
      return rows(gradientOf(tf.tensor3d(logits.slice(0, 6).flat(), [2, 3, prototypes])).dataSync(), prototypes);
    });
    expect(gradient.map((row) => row.some((value) => value !== 0))).toEqual([true, false, false, false, true, true]);
  });
});
