import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { drawPathGains, patchify, type ViTEncoderConfig } from '@semmae/vit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { lossAndGradients } from '../../step/loss-and-gradients';
import { disposeNetworks, tinyNetworks } from './__fixtures__/tiny-networks';
import type { DistillationBatch } from './distillation-batch';
import { restorationDecoder } from './restoration-decoder';
import { selfDistillationObjective } from './self-distillation-objective';

const [imageCount, localCount, patchCount, prototypes, depth] = [5, 2, 6, 7, 1];

function createBatch(seed: number): Required<DistillationBatch> {
  const rng = createRng(seed);
  const normal = (...shape: number[]) =>
    tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, rng.normal), shape);
  const gains = (viewCount: number) =>
    tf.tensor2d(drawPathGains({ depth, batchSize: viewCount, dropPath: 0.3, rng }), [2 * depth, viewCount]);
  const hidden = Float32Array.from({ length: 2 * imageCount * patchCount }, () => (rng.uniform() < 0.4 ? 1 : 0));
  hidden.fill(0, 0, patchCount);
  return {
    globalViews: normal(2 * imageCount, 8, 12, 3) as tf.Tensor4D,
    localViews: normal(localCount * imageCount, 4, 8, 3) as tf.Tensor4D,
    hidden: tf.tensor2d(hidden, [2 * imageCount, patchCount]),
    teacherClass: tf.softmax(normal(2 * imageCount, prototypes)) as tf.Tensor2D,
    teacherPatch: tf.softmax(normal(2 * imageCount, patchCount, prototypes)) as tf.Tensor3D,
    globalGains: gains(2 * imageCount),
    localGains: gains(localCount * imageCount),
  };
}

const read = (tensor: tf.Tensor) => tensor.dataSync()[0]!;

describe('selfDistillationObjective', () => {
  it('is the sum of its losses, each as loops over logits of the same passes have it, and reports health', () => {
    const networks = tinyNetworks();
    const { encoder, head } = networks.student;
    const decoder = restorationDecoder({ width: encoder.width, patchSize: 4, seed: 2 });
    const objective = selfDistillationObjective({
      student: networks.student,
      classWeight: 2,
      patchWeight: 3,
      restoration: { decoder, weight: 0.5 },
    });
    const batch = tf.tidy(() => createBatch(1));
    objective.variables();
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { loss, metrics } = objective.loss(batch);
      const numbers = Object.fromEntries(Object.entries(metrics!).map(([name, metric]) => [name, read(metric)]));

      const seen = encoder.encode(batch.globalViews, { hidden: batch.hidden, pathGains: batch.globalGains });
      const locals = encoder.encode(batch.localViews, { pathGains: batch.localGains });
      const logProbability = (tokens: tf.Tensor) => {
        const logits = head.apply(tf.reshape(tokens, [-1, encoder.width])) as tf.Tensor;
        return tf.logSoftmax(tf.div(logits, 0.1)).dataSync();
      };
      const ofViews = [...logProbability(seen.classToken!), ...logProbability(locals.classToken!)];
      const teacher = Array.from(batch.teacherClass.dataSync());
      const row = (values: ArrayLike<number>, index: number) =>
        Array.from({ length: prototypes }, (_, k) => values[index * prototypes + k]!);
      const cross = (p: number[], logQ: number[]) => -p.reduce((sum, value, k) => sum + value * logQ[k]!, 0);
      let classLoss = 0;
      for (const q of [0, 1])
        for (let v = 0; v < 2 + localCount; v++)
          for (let image = 0; image < imageCount; image++)
            if (v !== q) classLoss += cross(row(teacher, q * imageCount + image), row(ofViews, v * imageCount + image));
      classLoss /= 2 * (1 + localCount) * imageCount;
      expect(numbers.classLoss).toBeCloseTo(classLoss, 4);

      const [ofPatches, patchTeacher] = [logProbability(seen.patchTokens), batch.teacherPatch.dataSync()];
      const hidden = batch.hidden.dataSync();
      let patchLoss = 0;
      for (let view = 0; view < 2 * imageCount; view++) {
        const all = Array.from({ length: patchCount }, (_, patch) => view * patchCount + patch);
        const masked = all.filter((patch) => hidden[patch] === 1);
        const sum = masked.reduce((total, patch) => total + cross(row(patchTeacher, patch), row(ofPatches, patch)), 0);
        patchLoss += sum / Math.max(1, masked.length) / (2 * imageCount);
      }
      expect(numbers.patchLoss).toBeCloseTo(patchLoss, 4);

      const [kernel, bias] = decoder.variables().map((variable) => variable as tf.Tensor);
      const restored = tf.add(tf.matMul(tf.reshape(seen.patchTokens, [-1, encoder.width]), kernel!), bias!);
      const pixels = tf.reshape(patchify(batch.globalViews, 4), restored.shape);
      const restorationLoss = read(tf.mean(tf.abs(tf.sub(restored, pixels))));
      expect(numbers.restorationLoss).toBeCloseTo(restorationLoss, 5);
      expect(read(loss)).toBeCloseTo(2 * classLoss + 3 * patchLoss + 0.5 * restorationLoss, 3);

      const entropy = teacher.reduce((sum, p) => sum - (p * Math.log(p)) / (2 * imageCount), 0);
      expect(numbers.teacherEntropy).toBeCloseTo(entropy, 5);
      expect(numbers.teacherStudentKL).toBeCloseTo(classLoss - entropy, 4);
      expect(numbers.featureStd).toBeGreaterThan(0);
      expect(numbers.teacherInformation).toBeGreaterThan(0);
    });
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(Object.values(batch));
    decoder.dispose();
    disposeNetworks(networks);
  });

  it.each<[string, Partial<ViTEncoderConfig>]>([
    ['a class token', {}],
    ['registers and LayerScale', { registers: 2, layerScale: 0.1, distillationToken: true }],
    ['no class token, the mean in its place', { classToken: false, finalNorm: 'pooled', mlp: 'swiglu' }],
  ])('gives every trained weight a gradient, the mask token included, and frees the rest: %s', (_, options) => {
    const networks = tinyNetworks(3, options);
    const objective = selfDistillationObjective({ student: networks.student });
    const variables = objective.variables();
    const batch = tf.tidy(() => createBatch(1));
    const before = tf.memory().numTensors;
    const { loss, metrics, gradients } = lossAndGradients(objective, batch, variables);
    for (const { name } of variables) {
      expect([name, Array.from(gradients[name]!.dataSync()).some((value) => value !== 0)]).toEqual([name, true]);
    }
    tf.dispose([loss, metrics, gradients]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(Object.values(batch));
    disposeNetworks(networks);
  });

  it('without a patch loss is DINO and needs neither masks nor local views', () => {
    const networks = tinyNetworks();
    const batch = tf.tidy(() => createBatch(1));
    const { globalViews, teacherClass } = batch;
    const dino = selfDistillationObjective({ student: networks.student, patchWeight: 0 });
    tf.tidy(() => {
      const { metrics } = dino.loss({ globalViews, teacherClass });
      expect(metrics!.patchLoss).toBeUndefined();
      const ibot = selfDistillationObjective({ student: networks.student });
      expect(() => ibot.loss({ globalViews, teacherClass })).toThrow(
        'selfDistillationObjective: a batch for a patch loss must hold teacherPatch, got none; add it, or set patchWeight to 0',
      );
    });
    tf.dispose(Object.values(batch));
    disposeNetworks(networks);
  });
});
