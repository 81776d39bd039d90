import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers the gradients

import { createRng, randomMasking, semanticMasking } from '@semmae/masking';
import { multiBlockMasking } from '@semmae/masking/multi-block';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { createMixer, fillInLoss } from './mixer';
import { patchify } from './patchify';
import { drawScene, grid, imageSide } from './scenes';
import { drawMask, trainWith } from './training';

it('trains the same from the same seed and leaves no tensor behind', () => {
  const tensorsBefore = tf.memory().numTensors;
  const report = () => trainWith(semanticMasking({ maskRatio: 0.6 }), randomMasking({ maskRatio: 0.6 }), 2, 5);
  const first = report();
  expect(first.after).toBeLessThan(first.before);
  expect(report()).toEqual(first);
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

it('gives the model masks in its own form, [B, 1, N] in floats', () => {
  tf.tidy(() => {
    const rng = createRng(2);
    const scenes = Array.from({ length: 5 }, () => drawScene(rng));
    const fixed = drawMask(randomMasking({ maskedCount: 23 }), scenes, 0, rng);
    expect(fixed.shape).toEqual([5, 1, 64]);
    expect(fixed.dtype).toBe('float32');
    expect(tf.sum(fixed, [1, 2]).arraySync()).toEqual([23, 23, 23, 23, 23]);
    const blocks = drawMask(multiBlockMasking({ minimumKept: 4 }), scenes, 0, rng);
    const sums = tf.sum(blocks, [1, 2]).arraySync() as number[];
    expect(new Set(sums).size).toBe(1); // one count for the batch
    expect(sums[0]).toBeGreaterThan(23);
  });
});

it('cuts images into patches that come last', () => {
  tf.tidy(() => {
    const images = tf.reshape(tf.range(0, 2 * 6 * 4), [2, 1, 6, 4]) as tf.Tensor4D;
    const patches = patchify(images, 2);
    expect(patches.shape).toEqual([2, 4, 6]);
    const second = patches.arraySync()[1]!.map((ofPatches) => ofPatches[3]); // row 1, column 1 of the second image
    expect(second).toEqual([34, 35, 38, 39]);
  });
});

it('shows the model no hidden pixel and counts hidden patches only', () => {
  const tensorsBefore = tf.memory().numTensors;
  const mixer = createMixer({ patches: 5, pixels: 3, channels: 7, hidden: 11 }, 3);
  tf.tidy(() => {
    const mask = tf.tensor3d([[[0, 0, 1, 0, 0]]]);
    const pixels = createRng(4);
    const values = Float32Array.from({ length: 15 }, () => pixels.uniform());
    const loss = (hidden: number) => {
      const changed = values.map((value, index) => (index % 5 === 2 ? hidden : value));
      return fillInLoss(mixer, tf.tensor3d(changed, [1, 3, 5]), mask).dataSync()[0]!;
    };
    // With a prediction that hidden pixels do not move, the loss is mean (prediction - value)²: a parabola in the value.
    expect(loss(2) - 2 * loss(1) + loss(0)).toBeCloseTo(2, 4); // second difference of x², float32 sums of 3 terms
  });
  mixer.dispose();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

it('labels patches as background, disc or bar, and finds the striped disc worth attention', () => {
  const rng = createRng(6);
  const attentionOfParts = [0, 1, 2].map(() => [] as number[]);
  for (let scene = 0; scene < 40; scene++) {
    const { pixels, parts, attention } = drawScene(rng);
    parts.forEach((part, patch) => {
      attentionOfParts[part]!.push(attention[patch]!);
      if (part !== 1) return;
      const [top, left] = [Math.floor(patch / grid.columns) * 4, (patch % grid.columns) * 4];
      const ofPatch = Array.from(
        { length: 16 },
        (_, pixel) => pixels[(top + (pixel >> 2)) * imageSide + left + (pixel & 3)]!,
      );
      expect(ofPatch.filter((pixel) => pixel === 0 || pixel === 1).length).toBeGreaterThanOrEqual(6); // black and white, a third at least
    });
  }
  const [background, disc] = attentionOfParts.map(
    (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  );
  expect(disc).toBeGreaterThan(3 * background!);
});
