// A patch embedding for patches of another size.

import { assertPatchSize, assertShape, type PatchSize, patchSides, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { antialiasedBicubicMap } from './positions/bicubic-map';
import type { AxisMap } from './tensor/axis-map';
import { separableMap } from './tensor/separable-map';

/**
 * `kernel` [h·w·C, D] of `patch_embed.proj` for patches of size `from` → [h'·w'·C, D] for patches of size `to`, whose embeddings of
 * resized patches are as close as can be to those of the patches before: exactly the same where patches grow.
 *
 * With B the resizing of a patch (bicubic with antialiasing) as a matrix, the new kernel is (Bᵀ)⁺·w. B is the Kronecker product of the
 * resizing of columns and of rows, and so is its pseudo-inverse.
 *
 * Reference: Beyer et al., "FlexiViT: One Model for All Patch Sizes", §3.4, https://arxiv.org/abs/2212.08013
 */
export function resamplePatchEmbedding(
  kernel: tf.Tensor2D,
  { from, to }: { from: PatchSize; to: PatchSize },
): tf.Tensor2D {
  const where = 'resamplePatchEmbedding';
  assertPatchSize(where, 'from', from);
  assertPatchSize(where, 'to', to);
  assertShape(where, 'kernel', kernel.shape, [null, null]);
  const [before, after] = [patchSides(from), patchSides(to)];
  const [values, width] = kernel.shape;
  const channels = values / (before.height * before.width);
  if (!Number.isInteger(channels)) {
    const requirement = `the first axis of kernel must be a multiple of ${before.height}·${before.width}`;
    throw new SemmaeError({ where, requirement, got: values, remedy: 'pass the patch size that it was made for' });
  }
  return tf.tidy(() => {
    const image = tf.reshape<tf.Rank.R4>(kernel, [1, before.height, before.width, channels * width]);
    const rows = transposedInverse(antialiasedBicubicMap(before.height, after.height));
    const columns = transposedInverse(antialiasedBicubicMap(before.width, after.width));
    return tf.reshape(separableMap(image, rows, columns), [after.height * after.width * channels, width]);
  });
}

/**
 * (Bᵀ)⁺ for `map` B [outputs, inputs]: (B·Bᵀ)⁻¹·B where it has fewer rows than columns, else B·(Bᵀ·B)⁻¹. Resizing has full rank and
 * singular values within a factor of 4, so the normal equations lose no digits that matter.
 */
function transposedInverse({ matrix, inputs, outputs }: AxisMap): AxisMap {
  const shrinks = outputs <= inputs;
  const [short, long] = shrinks ? [outputs, inputs] : [inputs, outputs];
  const flat = (row: number, column: number) => (shrinks ? row * inputs + column : column * inputs + row);
  const wide = Array.from({ length: short }, (_, row) =>
    Array.from({ length: long }, (__, column) => matrix[flat(row, column)]!),
  );
  const inverse = new Float32Array(matrix.length);
  solved(wide).forEach((row, index) => {
    row.forEach((value, column) => {
      inverse[flat(index, column)] = value;
    });
  });
  return { matrix: inverse, inputs, outputs };
}

/** (A·Aᵀ)⁻¹·A by Gauss-Jordan elimination, without pivoting: A·Aᵀ is positive definite. */
function solved(a: readonly number[][]): number[][] {
  const rows = a.map((row) => [...a.map((other) => row.reduce((sum, value, i) => sum + value * other[i]!, 0)), ...row]);
  rows.forEach((pivotRow, pivot) => {
    const scale = pivotRow[pivot]!;
    pivotRow.forEach((value, column) => {
      pivotRow[column] = value / scale;
    });
    for (const row of rows) {
      const factor = row[pivot]!;
      if (row === pivotRow) continue;
      pivotRow.forEach((value, column) => {
        row[column]! -= factor * value;
      });
    }
  });
  return rows.map((row) => row.slice(a.length));
}
