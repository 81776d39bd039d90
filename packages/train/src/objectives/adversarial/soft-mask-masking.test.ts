import '@tensorflow/tfjs-backend-cpu';
import { createPatchGrid, createRng } from '@semmae/core';
import { describeBatchMaskingStrategy } from '@semmae/masking/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { maskNetwork } from './mask-network';
import { softMaskMasking } from './soft-mask-masking';
import { softMaskReader } from './soft-masks';

const [batchSize, maskCount, height, width] = [3, 5, 6, 14];
const grid = createPatchGrid(3, 7); // patches of 2 x 2 pixels
const contexts = Array.from({ length: batchSize }, () => ({ grid, progress: 0 }));

const rng = createRng(5);
const masks = {
  values: Float32Array.from({ length: batchSize * maskCount * height * width }, rng.uniform),
  batchSize,
  maskCount,
  height,
  width,
};

/** Sums pixel by pixel, then a stable sort. */
function slowHighest(image: number, mask: number, count: number): number[] {
  const means = Array.from({ length: grid.patchCount }, (_, patch) => {
    const [row, column] = [Math.floor(patch / 7), patch % 7];
    let sum = 0;
    for (const y of [0, 1])
      for (const x of [0, 1])
        sum += masks.values[((image * maskCount + mask) * height + 2 * row + y) * width + 2 * column + x]!;
    return Math.fround(sum / 4);
  });
  const order = means.map((_, patch) => patch).sort((a, b) => means[b]! - means[a]! || a - b);
  return order.slice(0, count).sort((a, b) => a - b);
}

describeBatchMaskingStrategy(
  () => {
    const [batchSize, maskCount, height, width] = [5, 3, 19, 17]; // pixels that no grid of the suite divides
    const stream = createRng(8);
    const values = Float32Array.from({ length: batchSize * maskCount * height * width }, stream.uniform);
    return softMaskMasking({ masks: { values, batchSize, maskCount, height, width }, maskRatio: 0.6 });
  },
  {
    expectCounts: (counts, { patchCount }) => {
      for (const count of counts) expect(count).toBe(patchCount - Math.trunc(patchCount * (1 - 0.6)));
    },
  },
);

describe('softMaskMasking', () => {
  it('hides the patches that the mask covers most', () => {
    const strategy = softMaskMasking({ masks, mask: 3, maskedCount: 8 });
    strategy.sampleBatch(contexts, createRng(1)).forEach((sampled, image) => {
      expect(Array.from(sampled.masked)).toEqual(slowHighest(image, 3, 8));
      expect(sampled.visible.length).toBe(21 - 8);
    });
  });

  it('draws a mask for each image, the same for the same seed', () => {
    const strategy = softMaskMasking({ masks, maskRatio: 0.6 });
    const count = 21 - Math.floor(21 * 0.4);
    const seen = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const sampled = strategy.sampleBatch(contexts, createRng(seed));
      expect(strategy.sampleBatch(contexts, createRng(seed))).toEqual(sampled);
      sampled.forEach(({ masked }, image) => {
        const which = [0, 1, 2, 3, 4].filter((mask) => slowHighest(image, mask, count).join() === masked.join());
        expect(which.length).toBe(1);
        seen.add(which[0]!);
      });
    }
    expect(seen.size).toBe(maskCount); // of 120 draws each is missed with 0.8^120 = 2e-12
  });

  it('takes masks of a network', async () => {
    const before = tf.memory().numTensors;
    const network = maskNetwork({ imageHeight: 8, imageWidth: 12, baseWidth: 8, maskCount: 4 });
    const read = softMaskReader(network);
    const images = tf.randomNormal([2, 8, 12, 3], 0, 1, 'float32', 3) as tf.Tensor4D;
    const soft = await read(images);
    expect(soft).toMatchObject({ batchSize: 2, maskCount: 4, height: 8, width: 12 });
    const expected = tf.tidy(() => network.masks(images).arraySync());
    expect(soft.values[((1 * 4 + 3) * 8 + 5) * 12 + 7]).toBe(expected[1]![5]![7]![3]);
    const strategy = softMaskMasking({ masks: soft, maskRatio: 0.5 });
    const patches = createPatchGrid(2, 3);
    const sampled = strategy.sampleBatch(new Array(2).fill({ grid: patches, progress: 0 }), createRng(1));
    expect(sampled.map(({ masked }) => masked.length)).toEqual([3, 3]);
    images.dispose();
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what does not fit, in one line', () => {
    const strategy = softMaskMasking({ masks });
    expect(() => strategy.sampleBatch(contexts.slice(1), createRng(1))).toThrow(
      'softMaskMasking: contexts must hold 3 values, got 2; make masks for the images of this batch',
    );
    expect(() => softMaskMasking({ masks, mask: 5 })).toThrow('softMaskMasking: mask must be below 5, got 5');
    expect(() => softMaskMasking({ masks: { ...masks, height: 5 } })).toThrow(
      'masks.values must hold 1050 values, got 1260',
    );
    expect(() => softMaskMasking({ masks, maskRatio: 1.5 })).toThrow('maskRatio');
  });
});
