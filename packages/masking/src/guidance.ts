// Reads the guidance a strategy depends on from the context, or says which package makes it.

import { assertLength, SemmaeError } from '@semmae/core';

import type { MaskingContext, MaskingGuidance } from './masking-strategy';

/** [N] attention of the context, present and of the grid's length. Selections find NaN themselves. */
export function attentionOf(where: string, { attention, grid }: MaskingContext): Float32Array {
  if (attention === undefined) {
    throw new SemmaeError({
      where,
      requirement: 'context.attention must hold one score per patch',
      got: attention,
      remedy: '@semmae/vit makes it (class-token attention of the last block); any score of your own will do',
    });
  }
  assertLength(where, 'context.attention', attention, grid.patchCount, 'leave the class token out');
  return attention;
}

/** [N] part ids of the context, present and of the grid's length. */
export function partsOf(where: string, { parts, grid }: MaskingContext): Uint8Array {
  if (parts === undefined) {
    throw new SemmaeError({
      where,
      requirement: 'context.parts must hold one part id per patch',
      got: parts,
      remedy: '@semmae/parts learns them, @semmae/data reads them from segmentations; any labels of your own will do',
    });
  }
  assertLength(where, 'context.parts', parts, grid.patchCount, 'reduce a pixel map to one id per patch first');
  return parts;
}

/** Throws unless the context holds what `guidance` names, whether or not the strategy will look at it. */
export function assertGuidance(where: string, guidance: MaskingGuidance, context: MaskingContext): void {
  if (guidance === 'attention') attentionOf(where, context);
  if (guidance === 'parts') partsOf(where, context);
}

/** Throws on NaN; infinities rank like any other number. */
export function assertScores(where: string, name: string, scores: ArrayLike<number>): void {
  for (let patch = 0; patch < scores.length; patch++) {
    if (!Number.isNaN(scores[patch])) continue;
    throw new SemmaeError({
      where,
      requirement: `${name} must be numbers`,
      got: `NaN at patch ${patch}`,
      remedy: 'look for a division by zero or a diverged model where the scores are made',
    });
  }
}
