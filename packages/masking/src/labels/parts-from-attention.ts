// Part ids from the attention heads of a vision transformer: each head looks at something else.

import { assertRange, type PatchGrid, SemmaeError } from '@semmae/core';

import { rankByScore } from '../rank-by-score';
import { highestMap, mapsOf } from './highest-map';

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
  const heads = mapsOf('partsFromAttention', 'attention', attention, grid);
  const parts = highestMap(heads);
  if (keptMass === undefined) return parts;
  assertRange('partsFromAttention', 'keptMass', keptMass, 0, 1);
  const isForeground = new Uint8Array(grid.patchCount);
  for (const head of heads) markMass(head, keptMass, isForeground);
  return parts.map((part, patch) => (isForeground[patch] === 1 ? part : 0));
}

/** Marks the fewest patches of a head that hold a share of its attention, highest first. */
function markMass(head: Float32Array, share: number, marks: Uint8Array): void {
  let missing = share * head.reduce((sum, value) => sum + value, 0);
  for (const patch of rankByScore(head)) {
    if (head[patch]! < 0) throw negativeAttention(head[patch]!, patch);
    if (missing > 0) marks[patch] = 1;
    missing -= head[patch]!;
  }
}

function negativeAttention(value: number, patch: number): SemmaeError {
  return new SemmaeError({
    where: 'partsFromAttention',
    requirement: 'attention must not be negative where keptMass asks for a share of it',
    got: `${value} at patch ${patch}`,
    remedy: 'pass attention after its softmax',
  });
}
