import '@tensorflow/tfjs-backend-cpu';
import { createPatchGrid, type PatchSides, type PatchSize, patchSides } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { patchify, unpatchify } from './patchify';

// B = 2, rows = 3, columns = 5, C = 11
const [batchSize, rows, columns, channels] = [2, 3, 5, 11] as const;
const sizes = [7, { height: 7, width: 2 }];

function countedImages(patchSize: PatchSize): { images: tf.Tensor4D; patch: PatchSides } {
  const patch = patchSides(patchSize);
  const [height, width] = [rows * patch.height, columns * patch.width];
  const values = tf.range(0, batchSize * height * width * channels);
  return { images: tf.reshape(values, [batchSize, height, width, channels]), patch };
}

describe('patchify', () => {
  it.each(sizes)(
    'puts pixel (row, column, channel) of patch n where the definition says, patches of %j',
    (patchSize) => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const { images, patch: sides } = countedImages(patchSize);
        const [, height, width] = images.shape;
        const patches = patchify(images, patchSize);
        expect(patches.shape).toEqual([batchSize, rows * columns, sides.height * sides.width * channels]);
        const pixels = images.dataSync();
        const cut = patches.dataSync();
        let position = 0;
        for (let image = 0; image < batchSize; image++) {
          for (let patch = 0; patch < rows * columns; patch++) {
            for (let row = 0; row < sides.height; row++) {
              for (let column = 0; column < sides.width; column++) {
                for (let channel = 0; channel < channels; channel++) {
                  const y = Math.floor(patch / columns) * sides.height + row;
                  const x = (patch % columns) * sides.width + column;
                  const expected = pixels[((image * height + y) * width + x) * channels + channel];
                  if (cut[position++] !== expected) throw new Error(`patch ${patch} (${row}, ${column}, ${channel})`);
                }
              }
            }
          }
        }
      });
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it.each(sizes)('is undone by unpatchify, patches of %j', (patchSize) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { images } = countedImages(patchSize);
      const whole = unpatchify(patchify(images, patchSize), createPatchGrid(rows, columns), patchSize);
      expect(whole.shape).toEqual(images.shape);
      expect(whole.dataSync()).toEqual(images.dataSync());
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses what does not fit', () => {
    tf.tidy(() => {
      expect(() => patchify(tf.zeros([1, 21, 36, 3]), 7)).toThrow(
        'patchGridOfImage: patches of 7 pixels must divide both sides',
      );
      expect(() => unpatchify(tf.zeros([1, 15, 50]), createPatchGrid(3, 5), 7)).toThrow('multiple of 7·7, got 50');
      expect(() => unpatchify(tf.zeros([1, 14, 147]), createPatchGrid(3, 5), 7)).toThrow(
        'must have shape [any, 15, any], got [1, 14, 147]',
      );
    });
  });
});
