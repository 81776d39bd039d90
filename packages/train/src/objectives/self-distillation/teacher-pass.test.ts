import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { headAttention } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import type { Compile } from '../../step/compile';
import { disposeNetworks, tinyNetworks } from './__fixtures__/tiny-networks';
import { teacherPass } from './teacher-pass';

const [viewCount, patchCount, prototypes] = [10, 6, 7];
const moment = { classTemperature: 0.04, patchTemperature: 0.07, centerMomentum: 0.9 };

function views(seed: number): tf.Tensor4D {
  const rng = createRng(seed);
  return tf.tensor4d(Float32Array.from({ length: viewCount * 8 * 12 * 3 }, rng.normal), [viewCount, 8, 12, 3]);
}

function softmax(logits: number[], temperature: number): number[] {
  const weights = logits.map((logit) => Math.exp(logit / temperature));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

function rows(tensor: tf.Tensor): number[][] {
  const values = tensor.dataSync();
  return Array.from({ length: values.length / prototypes }, (_, row) =>
    Array.from(values.subarray(row * prototypes, (row + 1) * prototypes)),
  );
}

function expectClose(actual: number[][], expected: number[][], tolerance = 2e-5): void {
  expect(actual.length).toBe(expected.length);
  actual.flat().forEach((value, index) => {
    expect(Math.abs(value - expected.flat()[index]!)).toBeLessThan(tolerance); // float32 logits over 0.04
  });
}

const mean = (all: number[][]) => all[0]!.map((_, k) => all.reduce((sum, row) => sum + row[k]! / all.length, 0));

describe('teacherPass', () => {
  it('takes the centers from before the batch, then moves them: class over views, patches over views and patches', () => {
    const networks = tinyNetworks();
    const { encoder, head } = networks.teacher;
    const pass = teacherPass({ teacher: networks.teacher });
    const [centers, expected] = [{ class: Array(7).fill(0), patch: Array(7).fill(0) }, [] as number[][]];
    for (const seed of [1, 2]) {
      const batch = views(seed);
      const [classLogits, patchLogits] = tf.tidy(() => {
        const { classToken, patchTokens } = encoder.encode(batch);
        const flat = tf.reshape<tf.Rank.R2>(patchTokens, [viewCount * patchCount, -1]);
        return [rows(head.apply(classToken!) as tf.Tensor), rows(head.apply(flat) as tf.Tensor)];
      });
      const before = tf.memory().numTensors;
      const { teacherClass, teacherPatch, attention } = pass(batch, moment);
      expect(tf.memory().numTensors).toBe(before + 2);
      expect(attention).toBeUndefined();
      expect(teacherPatch!.shape).toEqual([viewCount, patchCount, prototypes]);
      expectClose(
        rows(teacherClass),
        classLogits!.map((row) =>
          softmax(
            row.map((z, k) => z - centers.class[k]!),
            0.04,
          ),
        ),
      );
      expectClose(
        rows(teacherPatch!),
        patchLogits!.map((row) =>
          softmax(
            row.map((z, k) => z - centers.patch[k]!),
            0.07,
          ),
        ),
      );
      centers.class = mean(classLogits!).map((value, k) => 0.9 * centers.class[k]! + 0.1 * value);
      centers.patch = mean(patchLogits!).map((value, k) => 0.9 * centers.patch[k]! + 0.1 * value);
      expected.splice(0, 2, centers.class, centers.patch);
      tf.dispose([batch, teacherClass, teacherPatch!]);
    }
    expectClose(
      Object.values(pass.state).flatMap((center) => rows(center)),
      expected,
      1e-6,
    );
    pass.dispose();
    disposeNetworks(networks);
  });

  it('is compiled once, with temperatures and momentum as tensors; without patches it has one center', () => {
    const networks = tinyNetworks();
    let compiled = 0;
    const inputs: string[][] = [];
    const compile: Compile = (step) => {
      compiled += 1;
      return ((...groups: Parameters<typeof step>) => {
        inputs.push(Object.keys(groups[1] as Record<string, tf.Tensor>));
        return step(...groups);
      }) as typeof step;
    };
    const pass = teacherPass({ teacher: networks.teacher, patches: false, compile });
    expect(Object.keys(pass.state)).toEqual(['classCenter']);
    const batch = views(1);
    const [sharp, soft] = [0.04, 4].map((classTemperature) => {
      const output = pass(batch, { ...moment, classTemperature, centerMomentum: 1 });
      expect(Object.keys(output)).toEqual(['teacherClass']);
      const highest = Math.max(...output.teacherClass.dataSync());
      output.teacherClass.dispose();
      return highest;
    });
    expect(sharp).toBeGreaterThan(2 * soft!);
    expect(pass.state.classCenter!.dataSync().every((value) => value === 0)).toBe(true); // momentum 1 keeps it
    expect(compiled).toBe(1);
    expect(inputs).toEqual(Array(2).fill(['classTemperature', 'patchTemperature', 'kept']));
    batch.dispose();
    pass.dispose();
    disposeNetworks(networks);
  });

  it("returns the last block's class attention, mean over the heads", () => {
    const networks = tinyNetworks();
    const pass = teacherPass({ teacher: networks.teacher, attention: true });
    const batch = views(1);
    tf.tidy(() => {
      const { attention } = networks.teacher.encoder.encode(batch, { attention: true });
      const expected = tf.mean(headAttention(attention!.at(-1)!), 1).dataSync();
      const actual = pass(batch, moment).attention!;
      expect(actual.shape).toEqual([viewCount, patchCount]);
      actual.dataSync().forEach((value, index) => {
        expect(value).toBeCloseTo(expected[index]!, 6);
      });
    });
    batch.dispose();
    pass.dispose();
    disposeNetworks(networks);
  });
});
