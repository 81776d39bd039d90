// Part ids from the attention heads of a vision transformer: each head looks at something else.

import { assertRange, highestMap, insideMass, type PatchGrid, SemmaeError } from '@semmae/core';

import { assertMaps } from './assert-maps';

export interface PartsFromAttentionOptions {
  /**
   * Share of each head's attention that is foreground, in [0, 1]: a patch outside the smallest set of every head that
   * holds this share is background, id 0. DINO's pictures keep 0.6. Without it every patch belongs to a head.
   */
  keptMass?: number;
}

/**
 * [N] for `context.parts`: 1 to H by the head that attends most to the patch, [H, N] attention of the class token to the
 * patches, the lower id among equals; or 0 for background.
 */
export function partsFromAttention(
  attention: Float32Array,
  grid: PatchGrid,
  { keptMass }: PartsFromAttentionOptions = {},
): Uint8Array {
  assertMaps('partsFromAttention', 'attention', attention, grid);
  const parts = highestMap(attention, grid);
  if (keptMass === undefined) return parts;
  assertRange('partsFromAttention', 'keptMass', keptMass, 0, 1);
  assertNotNegative(attention, grid);
  const isForeground = insideMass(attention, grid, keptMass);
  return parts.map((part, patch) => part * isForeground[patch]!);
}

function assertNotNegative(attention: Float32Array, { patchCount }: PatchGrid): void {
  const negative = attention.findIndex((value) => value < 0);
  if (negative < 0) return;
  throw new SemmaeError({
    where: 'partsFromAttention',
    requirement: 'attention must not be negative where keptMass asks for a share of it',
    got: `${attention[negative]} at patch ${negative % patchCount}`,
    remedy: 'pass attention after its softmax',
  });
}
