// The position table of an encoder, and how it is interpolated to other grids.

import { assertOneOf, createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { WeightPlan } from '../seeded-layer';
import { sinCosPositions } from '../sin-cos-positions';
import { normal } from '../tensor/initial-values';
import { separableMap } from '../tensor/separable-map';
import { bicubicMap } from './bicubic-map';

export interface PositionTableConfig {
  /** Sines and cosines of row and column (MAE), or a table that starts as normal noise of 0.02 and is trained (DINO, iBOT). Default `'sin-cos'`. */
  positions?: 'sin-cos' | 'learned';
  /** Whether the table is trained. Default: a learned one is, sines and cosines are not. */
  trainablePositions?: boolean;
  /** Grid of the table's rows. Default: that of the configured image. Weights made for another size or stride need theirs. */
  positionGrid?: Pick<PatchGrid, 'rows' | 'columns'>;
  /**
   * Positions of a grid other than the table's. `'aligned'` (default): bicubic between them, edges on edges. `'dino'`: the same with
   * DINO's and iBOT's scale, (n + 0.1) / table size, for their published numbers to the last digit. `'recompute'`: the sines and
   * cosines of the new grid, which continue the table where interpolation would stretch it.
   */
  positionInterpolation?: PositionInterpolation;
}

const interpolations = ['aligned', 'dino', 'recompute'] as const;
export type PositionInterpolation = (typeof interpolations)[number];

export interface PositionTable {
  readonly positions: 'sin-cos' | 'learned';
  readonly trainable: boolean;
  readonly grid: PatchGrid;
  readonly interpolation: PositionInterpolation;
}

/** Fills in defaults and checks; `grid` is the encoder's. */
export function positionTable(where: string, grid: PatchGrid, config: PositionTableConfig): PositionTable {
  const { positions = 'sin-cos', positionGrid = grid, positionInterpolation: interpolation = 'aligned' } = config;
  assertOneOf(where, 'positions', positions, ['sin-cos', 'learned']);
  assertOneOf(where, 'positionInterpolation', interpolation, interpolations);
  const trainable = config.trainablePositions ?? positions === 'learned';
  if (interpolation === 'recompute' && (positions === 'learned' || trainable)) {
    throw new SemmaeError({
      where,
      requirement: "positionInterpolation 'recompute' needs sin-cos positions that are not trained",
      got: `${trainable ? 'trained' : 'frozen'} ${positions} positions`,
      remedy: "choose 'aligned' or 'dino'",
    });
  }
  return { positions, trainable, grid: createPatchGrid(positionGrid.rows, positionGrid.columns), interpolation };
}

/** `pos_embed` [1, 1 + N, D], row 0 for the class token. */
export function positionWeight({ positions, trainable, grid }: PositionTable, width: number): WeightPlan {
  return {
    name: 'pos_embed',
    shape: [1, 1 + grid.patchCount, width],
    // PyTorch's truncated normal cuts at ±2 whatever the deviation, here a hundred deviations away: it is a normal distribution.
    values: positions === 'learned' ? normal(0.02) : () => sinCosPositions({ grid, width }),
    trainable,
  };
}

/** Rows 1 … N of `weight` [1, 1 + N, D], interpolated or recomputed where `grid` is not the table's: [1, N', D]. */
export function patchPositions(weight: tf.Tensor3D, table: PositionTable, grid: PatchGrid): tf.Tensor3D {
  const width = weight.shape[2];
  const { rows, columns, patchCount } = table.grid;
  const isSame = grid.rows === rows && grid.columns === columns;
  if (!isSame && table.interpolation === 'recompute')
    return tf.tensor3d(sinCosPositions({ grid, width, classToken: false }), [1, grid.patchCount, width]);
  const own = tf.slice(weight, [0, 1, 0], [1, patchCount, width]);
  if (isSame) return own;
  const image = tf.reshape<tf.Rank.R4>(own, [1, rows, columns, width]);
  const excess = table.interpolation === 'dino' ? 0.1 : 0;
  const map = (inputs: number, outputs: number) => bicubicMap(inputs, outputs, (outputs + excess) / inputs);
  const resampled = separableMap(image, map(rows, grid.rows), map(columns, grid.columns));
  return tf.reshape(resampled, [1, grid.patchCount, width]);
}
