// Gathering and restoring once more, slowly and in plain arrays: what the tensors are compared with.

import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { type MaskBatch, maskBatch } from '../../mask-batch';
import { createPatchMask, type PatchMask } from '../../patch-mask';

export const patchCount = 11;
export const width = 5;

/** Masks of three images (seven are used nowhere else) that hide as many patches as listed. */
export function masksHiding(...maskedCounts: number[]): { masks: PatchMask[]; batch: MaskBatch } {
  const rng = createRng(17);
  const masks = maskedCounts.map((count) =>
    createPatchMask({ patchCount, masked: rng.permutation(patchCount).subarray(0, count) }),
  );
  return { masks, batch: maskBatch(masks, { padding: true }) };
}

/** One row of values for each image and patch. */
export type Rows = readonly (readonly (readonly number[])[])[];

export function drawRows(batchSize: number, count: number, seed: number): number[][][] {
  const rng = createRng(seed);
  return Array.from({ length: batchSize }, () =>
    Array.from({ length: count }, () => Array.from({ length: width }, () => Math.fround(rng.normal()))),
  );
}

export function rowsTensor(rows: Rows): tf.Tensor3D {
  const values = Float32Array.from(rows.flat(2));
  return tf.tensor3d(values, [rows.length, rows[0]!.length, width]);
}

const zeros = (): number[] => new Array(width).fill(0);

/** The rows that `list` names, then zeros. */
export function gathered(rows: Rows, masks: readonly PatchMask[], list: 'visible' | 'masked', count: number): Rows {
  return rows.map((tokens, image) => {
    const patches = [...masks[image]![list]];
    return Array.from({ length: count }, (_, place) => (place < patches.length ? tokens[patches[place]!]! : zeros()));
  });
}

/** The adjoint: rows put back where they were gathered, zeros elsewhere. */
export function scattered(rows: Rows, masks: readonly PatchMask[], list: 'visible' | 'masked'): number[][][] {
  return masks.map((mask, image) => {
    const tokens = Array.from({ length: patchCount }, zeros);
    mask[list].forEach((patch, place) => {
      tokens[patch] = [...rows[image]![place]!];
    });
    return tokens;
  });
}
