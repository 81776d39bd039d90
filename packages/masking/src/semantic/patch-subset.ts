// Masking inside a part of an image: SemMAE with 8x8 patches keeps the 196 most attended of 784 and drops the rest.

import { assertInteger, assertRange, createPatchGrid, SemmaeError } from '@semmae/core';

import { assertScores, attentionOf, partsOf } from '../guidance';
import type { MaskingContext } from '../masking-strategy';
import { selectHighest } from '../selection/select-highest';

/** [S] the `count` patches with the highest of N attention scores, ascending; among equals the lower index first. */
export function mostAttendedPatches(attention: ArrayLike<number>, count: number): Int32Array {
  assertInteger('mostAttendedPatches', 'count', count);
  assertRange('mostAttendedPatches', 'count', count, 1, attention.length);
  assertScores('mostAttendedPatches', 'attention', attention);
  const isKept = new Uint8Array(attention.length);
  selectHighest(attention, count, isKept);
  const kept = new Int32Array(count);
  for (let patch = 0, place = 0; place < count; patch++) if (isKept[patch] === 1) kept[place++] = patch;
  return kept;
}

/**
 * The image as if it were its S kept patches alone: masks of this context number the places 0 … S-1 of `kept`, so ratios,
 * `MaskBatch` and everything after it speak of S patches. The others are dropped before masking: neither seen nor
 * predicted. `gridPatches` turns places back into patches of the grid.
 *
 * Attention and parts come along; rows and columns do not, as what is kept has none (the grid is one row of S). So this is
 * for strategies that look at scores or parts, not for blocks. `kept` holds patches of the grid, each once.
 */
export function subsetContext(context: MaskingContext, kept: ArrayLike<number>): MaskingContext {
  const where = 'subsetContext';
  const { attention, parts, grid, progress } = context;
  assertDistinctPatches(where, kept, grid.patchCount);
  return {
    grid: createPatchGrid(1, kept.length),
    progress,
    ...(attention && { attention: Float32Array.from(kept, pickFrom(attentionOf(where, context))) }),
    ...(parts && { parts: Uint8Array.from(kept, pickFrom(partsOf(where, context))) }),
  };
}

/**
 * Patches of the grid for places in the lists of kept patches, one list [S] for each of B images: [B, K] -> [B, K], such as
 * `visible` or `masked` of a `MaskBatch`. What ascends in a row still does.
 */
export function gridPatches(places: ArrayLike<number>, kept: readonly ArrayLike<number>[]): Int32Array {
  const rowLength = places.length / kept.length;
  if (!Number.isInteger(rowLength)) {
    throw new SemmaeError({
      where: 'gridPatches',
      requirement: `places must be rows of equal length for ${kept.length} lists of kept patches`,
      got: `${places.length} places`,
      remedy: 'pass [B, K] places with B lists',
    });
  }
  return Int32Array.from(places, (place, index) => {
    const ofImage = kept[Math.floor(index / rowLength)]!;
    assertIndex('gridPatches', 'places', place, ofImage.length);
    return ofImage[place]!;
  });
}

function assertDistinctPatches(where: string, kept: ArrayLike<number>, patchCount: number): void {
  const isKept = new Uint8Array(patchCount);
  for (let place = 0; place < kept.length; place++) {
    const patch = kept[place]!;
    assertIndex(where, 'kept', patch, patchCount);
    if (isKept[patch] === 1)
      throw new SemmaeError({ where, requirement: 'kept must hold each patch once', got: `patch ${patch} twice` });
    isKept[patch] = 1;
  }
}

function pickFrom(values: ArrayLike<number>): (patch: number) => number {
  return (patch) => values[patch]!;
}

function assertIndex(where: string, name: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new SemmaeError({ where, requirement: `${name} must hold indices from 0 to ${length - 1}`, got: index });
}
