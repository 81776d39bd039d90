import '@tensorflow/tfjs-backend-cpu';
import { createPatchGrid, createRng } from '@semmae/core';
import { maskBatch, randomMasking } from '@semmae/masking';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { maskedImageBatch } from './masked-image-batch';

describe('maskedImageBatch', () => {
  const rng = createRng(1);
  const grid = createPatchGrid(3, 5);
  const masks = Array.from({ length: 2 }, () => randomMasking({ maskRatio: 0.6 }).sample({ grid, progress: 0 }, rng));

  it('gives each image the indices of its own mask', () => {
    const images = tf.zeros<tf.Rank.R4>([2, 3, 5, 3]);
    const batch = maskedImageBatch(images, maskBatch(masks));
    expect(batch.images).toBe(images);
    expect(batch.visible.arraySync()).toEqual(masks.map(({ visible }) => [...visible]));
    expect(batch.masked.arraySync()).toEqual(masks.map(({ masked }) => [...masked]));
    expect([batch.visible.dtype, batch.masked.dtype]).toEqual(['int32', 'int32']);
    tf.dispose([images, batch.visible, batch.masked]);
  });

  it('refuses another number of images', () => {
    const images = tf.zeros<tf.Rank.R4>([3, 3, 5, 3]);
    expect(() => maskedImageBatch(images, maskBatch(masks))).toThrow(
      'images must have shape [2, any, any, any], got [3, 3, 5, 3]; sample one mask per image',
    );
    images.dispose();
  });
});
