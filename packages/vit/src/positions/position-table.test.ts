import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createPatchGrid, createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { sinCosPositions } from '../sin-cos-positions';
import { bicubicMap } from './bicubic-map';
import { type PositionInterpolation, patchPositions, positionTable } from './position-table';

const grid = createPatchGrid(3, 5);

function tableOf(positionInterpolation: PositionInterpolation) {
  return positionTable('test', grid, { positionInterpolation });
}

function normals(shape: [number, number, number], seed: number): tf.Tensor3D {
  const rng = createRng(seed);
  return tf.tensor3d(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, rng.normal), shape);
}

describe('bicubicMap', () => {
  it('has the weights of the kernel by hand: halfway, with edges repeated', () => {
    // At distances 0.25, 0.75, 1.25 and 1.75 the kernel with A = −0.75 is 0.87890625, 0.26171875, −0.10546875, −0.03515625.
    const doubled = bicubicMap(5, 10).matrix;
    const row = (index: number) => [...doubled.subarray(5 * index, 5 * index + 5)];
    expect(row(4)).toEqual([-0.03515625, 0.26171875, 0.87890625, -0.10546875, 0]);
    expect(row(0)).toEqual([-0.03515625 + 0.26171875 + 0.87890625, -0.10546875, 0, 0, 0]);
  });

  it.each([
    [7, 3],
    [3, 7],
    [5, 11],
    [1, 2],
  ])('keeps constants and mirror images, %i to %i', (inputs, outputs) => {
    const matrix = bicubicMap(inputs, outputs).matrix;
    for (let output = 0; output < outputs; output++) {
      const row = matrix.subarray(output * inputs, (output + 1) * inputs);
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6); // four weights in float32
      const opposite = matrix
        .subarray((outputs - 1 - output) * inputs, (outputs - output) * inputs)
        .slice()
        .reverse();
      row.forEach((weight, input) => {
        expect(weight).toBeCloseTo(opposite[input]!, 6);
      });
    }
  });

  it('is the identity between equal grids', () => {
    expect([...bicubicMap(3, 3).matrix]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });
});

describe('patchPositions', () => {
  it.each(['aligned', 'dino', 'recompute'] as const)('%s: leaves the table alone on its own grid', (interpolation) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const weight = normals([1, 16, 8], 1);
      const positions = patchPositions(weight, tableOf(interpolation), grid);
      expect([...positions.dataSync()]).toEqual([...weight.dataSync().subarray(8)]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('agrees with sixteen weighted rows for each patch', () => {
    tf.tidy(() => {
      const weight = normals([1, 16, 8], 2);
      const positions = patchPositions(weight, tableOf('aligned'), createPatchGrid(7, 2)).arraySync()[0]!;
      const own = weight.arraySync()[0]!.slice(1);
      const [down, across] = [bicubicMap(3, 7).matrix, bicubicMap(5, 2).matrix];
      positions.forEach((position, patch) => {
        const [row, column] = [Math.floor(patch / 2), patch % 2];
        position.forEach((value, d) => {
          let sum = 0;
          own.forEach((vector, from) => {
            sum += down[row * 3 + Math.floor(from / 5)]! * across[column * 5 + (from % 5)]! * vector[d]!;
          });
          expect(value).toBeCloseTo(sum, 5); // fifteen float32 terms of order 1
        });
      });
    });
  });

  it('is linear in the table, and its gradient is the transposed map', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const [weight, other, upstream] = [normals([1, 16, 8], 3), normals([1, 16, 8], 4), normals([1, 14, 8], 5)];
      const score = (table: tf.Tensor) =>
        tf.sum(tf.mul(patchPositions(table as tf.Tensor3D, tableOf('dino'), createPatchGrid(2, 7)), upstream));
      const gradient = tf.grad(score)(weight);
      const along = tf.sum(tf.mul(gradient, other)).dataSync()[0]!;
      expect(Math.abs(along - score(other).dataSync()[0]!)).toBeLessThan(1e-4); // sums of some hundred terms of order 1
      expect(tf.max(tf.abs(tf.slice(gradient, [0, 0, 0], [1, 1, 8]))).dataSync()[0]).toBe(0); // the class token has no place
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('recomputes sines and cosines', () => {
    tf.tidy(() => {
      const other = createPatchGrid(7, 2);
      const recomputed = patchPositions(normals([1, 16, 8], 6), tableOf('recompute'), other);
      expect(recomputed.dataSync()).toEqual(sinCosPositions({ grid: other, width: 8, prefixTokens: 0 }));
    });
  });
});

describe('positionTable', () => {
  it('trains learned positions unless told otherwise', () => {
    const trainable = (config: Parameters<typeof positionTable>[2]) => positionTable('test', grid, config).trainable;
    expect(trainable({})).toBe(false);
    expect(trainable({ trainablePositions: true })).toBe(true);
    expect(trainable({ positions: 'learned' })).toBe(true);
    expect(trainable({ positions: 'learned', trainablePositions: false })).toBe(false);
  });

  it('names what does not fit', () => {
    expect(() => positionTable('encoder', grid, { positions: 'learned', positionInterpolation: 'recompute' })).toThrow(
      "encoder: positionInterpolation 'recompute' needs sin-cos positions that are not trained, got trained learned positions; choose 'aligned', 'dino' or 'antialias'",
    );
    expect(() => positionTable('encoder', grid, { positionGrid: { rows: 0, columns: 2 } })).toThrow(
      'rows must be an integer of at least 1, got 0',
    );
    const wrong = { positions: 'rotary' } as Record<string, string>;
    expect(() => positionTable('encoder', grid, wrong)).toThrow(
      'positions must be one of sin-cos, learned, got rotary',
    );
  });
});
