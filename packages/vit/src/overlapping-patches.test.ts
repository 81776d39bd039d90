import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { overlappingPatches } from './overlapping-patches';
import { assertStride, strideGrid } from './stride-grid';

function draw(shape: [number, number, number, number]): tf.Tensor4D {
  const rng = createRng(7);
  return tf.tensor4d(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape);
}

describe('overlappingPatches', () => {
  it.each([
    [7, 3],
    [5, 5],
    [6, 2],
    [4, 2],
  ])('cuts patches of %i pixels every %i pixels of a mirrored image', (patchSize, stride) => {
    const before = tf.memory().numTensors;
    const [rows, columns] = [5, 3];
    tf.tidy(() => {
      const images = draw([2, rows * stride, columns * stride, 11]);
      const pixel = images.bufferSync();
      const patches = overlappingPatches(images, patchSize, stride);
      expect(patches.shape).toEqual([2, rows * columns, patchSize * patchSize * 11]);
      const values = patches.bufferSync();
      const mirror = (index: number, length: number) =>
        index < 0 ? -index : index >= length ? 2 * (length - 1) - index : index;
      const border = (patchSize - stride) / 2;
      for (const [image, patch, y, x, c] of everyIndex([2, rows * columns, patchSize, patchSize, 11])) {
        const row = mirror(Math.floor(patch / columns) * stride + y - border, rows * stride);
        const column = mirror((patch % columns) * stride + x - border, columns * stride);
        const got = values.get(image, patch, (y * patchSize + x) * 11 + c);
        if (got !== pixel.get(image, row, column, c)) expect.fail(`patch ${patch}, pixel ${y}, ${x}`);
      }
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('passes a gradient to every pixel: how often it was copied', () => {
    tf.tidy(() => {
      const images = draw([1, 4, 6, 1]);
      const gradient = tf.grad((x) => tf.sum(overlappingPatches(x as tf.Tensor4D, 4, 2)))(images);
      // A line of six with a mirrored pixel at both ends: windows 1 0 1 2 | 1 2 3 4 | 3 4 5 4 take 0 … 5 so often.
      const across = [1, 3, 2, 2, 3, 1];
      const down = [1, 3, 3, 1]; // 1 0 1 2 | 1 2 3 2
      expect([...gradient.dataSync()]).toEqual(down.flatMap((a) => across.map((b) => a * b)));
    });
  });
});

describe('strideGrid and assertStride', () => {
  it('counts patches by the stride', () => {
    const grid = strideGrid('encoder', { height: 224, width: 448, patchSize: 16, patchStride: 8 });
    expect(grid).toEqual({ rows: 28, columns: 56, patchCount: 28 * 56 });
  });

  it('names what does not fit', () => {
    expect(() => strideGrid('encoder', { height: 220, width: 224, patchSize: 16, patchStride: 8 })).toThrow(
      'encoder: a patch stride of 8 pixels must divide both sides of the image, got 220x224; resize',
    );
    for (const stride of [3, 18])
      expect(() => assertStride('ViTEncoder', 16, stride)).toThrow(
        `ViTEncoder: patchStride must be at most patchSize (16) and differ from it by an even number, got ${stride}; half`,
      );
    expect(() => assertStride('ViTEncoder', 16, 0)).toThrow('patchStride must be an integer of at least 1, got 0');
  });
});

function* everyIndex(shape: readonly number[]): Generator<[number, number, number, number, number]> {
  const indices = shape.map(() => 0);
  for (let axis = 0; axis >= 0; ) {
    yield [...indices] as [number, number, number, number, number];
    for (axis = shape.length - 1; axis >= 0 && ++indices[axis]! === shape[axis]; axis--) indices[axis] = 0;
  }
}
