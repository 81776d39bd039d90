import '@tensorflow/tfjs-backend-cpu';

import { createRng, randomMasking, semanticMasking } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

import { createInpainter, inpaintingLoss } from './inpainter';
import { drawScene, grid, patchPixels } from './scenes';
import { trainWith } from './training';

it('trains the same from the same seed and leaves no tensor behind', () => {
  const tensorsBefore = tf.memory().numTensors;
  const report = () => trainWith(semanticMasking({ maskRatio: 0.6 }), randomMasking({ maskRatio: 0.6 }), 2, 5);
  const first = report();
  expect(first.after).toBeLessThan(first.before);
  expect(report()).toEqual(first);
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

it('shows the model no masked pixel and counts the masked patches only', () => {
  const tensorsBefore = tf.memory().numTensors;
  const model = createInpainter(3);
  tf.tidy(() => {
    const rng = createRng(4);
    const isMasked = Float32Array.from({ length: grid.patchCount }, (_, patch) => (patch === 11 ? 1 : 0));
    const masked = tf.tensor3d(isMasked, [1, grid.patchCount, 1]);
    const loss = (pixels: Float32Array) =>
      inpaintingLoss(model, tf.tensor3d(pixels, [1, grid.patchCount, patchPixels]), masked).dataSync()[0]!;

    // The loss must be mean (prediction - value)² over patch 11 with the prediction unmoved by it: a parabola in the value.
    const { patches } = drawScene(rng);
    const [zero, one, two] = [0, 1, 2].map((value) =>
      loss(patches.slice().fill(value, 11 * patchPixels, 12 * patchPixels)),
    );
    expect(two! - 2 * one! + zero!).toBeCloseTo(2, 4); // second difference of x², float32 sums of 16 terms
  });
  model.dispose();
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

it('labels patches as background, disc or bar, and paints the disc in black and white', () => {
  const rng = createRng(6);
  const seen = new Set<number>();
  for (let scene = 0; scene < 40; scene++) {
    const { patches, parts } = drawScene(rng);
    parts.forEach((part, patch) => {
      seen.add(part);
      if (part !== 1) return;
      const pixels = patches.subarray(patch * patchPixels, (patch + 1) * patchPixels);
      expect(pixels.filter((pixel) => pixel === 0 || pixel === 1).length).toBeGreaterThanOrEqual(patchPixels / 3);
    });
  }
  expect([...seen].sort()).toEqual([0, 1, 2]);
});
