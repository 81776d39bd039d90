// Masks of square units larger than a patch, as SimMIM masks.

import { assertInteger, type PatchGrid, SemmaeError } from '@semmae/core';

import { type CountPolicy, type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { drawWithoutReplacement } from '../selection/draw-without-replacement';
import { strategyFromHide } from '../strategy-from-hide';

export interface UnitMaskingOptions extends MaskedCountOptions {
  /** Side of a unit in patches. SimMIM masks 32 pixels: 2 patches of 16 (ViT), 8 patches of 4 (Swin). */
  unit: number;
  /** Fraction of units hidden, in (0, 1). Default 0.6, SimMIM §4.1. */
  maskRatio?: number | undefined;
  /** How the ratio becomes a number of units. Default `mask-ceil`, SimMIM: 0.6 of 49 units are 30. */
  countPolicy?: CountPolicy | undefined;
  /** M itself: a multiple of unit². */
  maskedCount?: number | undefined;
}

/**
 * Divides the grid into units of `unit` x `unit` patches and hides a uniformly random subset of them whole. The number
 * of patches is exact, unit² for each hidden unit. Throws on grids that are no multiple of the unit.
 *
 * Reference: Xie et al., "SimMIM: A Simple Framework for Masked Image Modeling", §3.2, https://arxiv.org/abs/2111.09886
 */
export function unitMasking({ unit, maskRatio, countPolicy, maskedCount }: UnitMaskingOptions): MaskingStrategy {
  assertInteger('unitMasking', 'unit', unit);
  const count =
    maskedCount === undefined
      ? { maskRatio, countPolicy: countPolicy ?? 'mask-ceil' }
      : { maskRatio, countPolicy, maskedCount: wholeUnits(maskedCount, unit) };
  const unitCountFor = maskedCountRule('unitMasking', count, 0.6);
  let units = new Uint8Array(0); // 1 = hidden, one for each unit
  return strategyFromHide({
    name: 'unit',
    hide({ grid }, hidden, rng) {
      assertWholeUnits(grid, unit);
      const unitCount = grid.patchCount / unit ** 2;
      if (units.length !== unitCount) units = new Uint8Array(unitCount);
      drawWithoutReplacement(unitCountFor(unitCount), unitCount, units, rng);
      enlarge(units, unit, grid, hidden);
    },
  });
}

/** Writes each unit over its `unit` x `unit` patches. */
function enlarge(units: Uint8Array, unit: number, { rows, columns }: PatchGrid, hidden: Uint8Array): void {
  const unitsAcross = columns / unit;
  let patch = 0;
  for (let row = 0; row < rows; row++) {
    const first = Math.floor(row / unit) * unitsAcross;
    for (let place = first; place < first + unitsAcross; place++) {
      for (let column = 0; column < unit; column++) hidden[patch++] = units[place]!;
    }
  }
}

function wholeUnits(maskedCount: number, unit: number): number {
  assertInteger('unitMasking', 'maskedCount', maskedCount);
  const units = maskedCount / unit ** 2;
  if (Number.isInteger(units)) return units;
  throw new SemmaeError({
    where: 'unitMasking',
    requirement: `maskedCount must be a multiple of the ${unit ** 2} patches of a unit`,
    got: maskedCount,
    remedy: `the nearest is ${Math.max(1, Math.round(units)) * unit ** 2}`,
  });
}

function assertWholeUnits({ rows, columns }: PatchGrid, unit: number): void {
  if (rows % unit === 0 && columns % unit === 0) return;
  throw new SemmaeError({
    where: 'unitMasking',
    requirement: `rows and columns of the grid must be multiples of the unit (${unit} patches)`,
    got: `${rows}x${columns} patches`,
    remedy: 'choose another unit or image size',
  });
}
