// The position table of an encoder, and how it is interpolated to other grids.

import { assertOneOf, createPatchGrid, type PatchGrid, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { type PrefixTokenConfig, prefixTokens } from '../prefix-tokens';
import type { WeightPlan } from '../seeded-layer';
import { sinCosPositions } from '../sin-cos-positions';
import type { AxisMap } from '../tensor/axis-map';
import { normal } from '../tensor/initial-values';
import { separableMap } from '../tensor/separable-map';
import { antialiasedBicubicMap, bicubicMap } from './bicubic-map';

export interface PositionTableConfig {
  /** Sines and cosines of row and column (MAE), or a table that starts as normal noise of 0.02 and is trained (DINO, iBOT). Default `'sin-cos'`. */
  positions?: 'sin-cos' | 'learned';
  /** Whether the table is trained. Default: a learned one is, sines and cosines are not. */
  trainablePositions?: boolean;
  /** Grid of the table's rows. Default: that of the configured image. Weights made for another size or stride need theirs. */
  positionGrid?: Pick<PatchGrid, 'rows' | 'columns'>;
  /**
   * Positions of a grid other than the table's. `'aligned'` (default): bicubic between them, edges on edges. `'dino'`: the same with
   * DINO's, iBOT's and DINOv2's scale, (n + 0.1) / table size, for their published numbers to the last digit. `'antialias'`: bicubic
   * as timm and DINOv2 with registers do it, each position of a coarser grid a mean of those it covers. `'recompute'`: the sines
   * and cosines of the new grid, which continue the table where interpolation would stretch it.
   */
  positionInterpolation?: PositionInterpolation;
}

const interpolations = ['aligned', 'dino', 'antialias', 'recompute'] as const;
export type PositionInterpolation = (typeof interpolations)[number];

export interface PositionTable {
  /** Rows in front of those of the patches. */
  readonly prefixRows: number;
  readonly positions: 'sin-cos' | 'learned';
  readonly trainable: boolean;
  readonly grid: PatchGrid;
  readonly interpolation: PositionInterpolation;
}

/** Fills in defaults and checks; `grid` is the encoder's. */
export function positionTable(
  where: string,
  grid: PatchGrid,
  config: PositionTableConfig & PrefixTokenConfig,
): PositionTable {
  const { positions = 'sin-cos', positionGrid = grid, positionInterpolation: interpolation = 'aligned' } = config;
  assertOneOf(where, 'positions', positions, ['sin-cos', 'learned']);
  assertOneOf(where, 'positionInterpolation', interpolation, interpolations);
  const trainable = config.trainablePositions ?? positions === 'learned';
  if (interpolation === 'recompute' && (positions === 'learned' || trainable)) {
    throw new SemmaeError({
      where,
      requirement: "positionInterpolation 'recompute' needs sin-cos positions that are not trained",
      got: `${trainable ? 'trained' : 'frozen'} ${positions} positions`,
      remedy: "choose 'aligned', 'dino' or 'antialias'",
    });
  }
  return {
    prefixRows: prefixTokens(where, config).positioned,
    ...{ positions, trainable, interpolation },
    grid: createPatchGrid(positionGrid.rows, positionGrid.columns),
  };
}

/** `pos_embed` [1, prefixRows + N, D]. */
export function positionWeight({ prefixRows, positions, trainable, grid }: PositionTable, width: number): WeightPlan {
  return {
    name: 'pos_embed',
    shape: [1, prefixRows + grid.patchCount, width],
    // PyTorch's truncated normal cuts at ±2 whatever the deviation, here a hundred deviations away: it is a normal distribution.
    values: positions === 'learned' ? normal(0.02) : () => sinCosPositions({ grid, width, prefixTokens: prefixRows }),
    trainable,
  };
}

/** The rows of the patches out of `weight` [1, prefixRows + N, D], interpolated or recomputed where `grid` is not the table's: [1, N', D]. */
export function patchPositions(weight: tf.Tensor3D, table: PositionTable, grid: PatchGrid): tf.Tensor3D {
  const width = weight.shape[2];
  const { prefixRows, interpolation } = table;
  const { rows, columns, patchCount } = table.grid;
  const own = () => tf.slice(weight, [0, prefixRows, 0], [1, patchCount, width]);
  if (grid.rows === rows && grid.columns === columns) return own();
  if (interpolation === 'recompute')
    return tf.tensor3d(sinCosPositions({ grid, width, prefixTokens: 0 }), [1, grid.patchCount, width]);
  const image = tf.reshape<tf.Rank.R4>(own(), [1, rows, columns, width]);
  const resampled = separableMap(
    image,
    interpolationMap(interpolation, rows, grid.rows),
    interpolationMap(interpolation, columns, grid.columns),
  );
  return tf.reshape(resampled, [1, grid.patchCount, width]);
}

/** Along one axis of the grid. */
export function interpolationMap(
  interpolation: Exclude<PositionInterpolation, 'recompute'>,
  inputs: number,
  outputs: number,
): AxisMap {
  if (interpolation === 'antialias') return antialiasedBicubicMap(inputs, outputs);
  return bicubicMap(inputs, outputs, (outputs + (interpolation === 'dino' ? 0.1 : 0)) / inputs);
}
