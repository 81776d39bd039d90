// Which patches of the global views the student does not see: masks whose size may differ from view to view.

import { type PatchGrid, type Rng, SemmaeError } from '@semmae/core';
import type { MaskingGuidance } from '@semmae/masking';

export interface ViewMaskingContext {
  readonly grid: PatchGrid;
  readonly viewCount: number;
  /** Fraction of training that is done, in [0, 1]. */
  readonly progress: number;
  /** [viewCount · N]: the teacher's class attention; present where `guidance` is 'attention'. */
  readonly attention?: Float32Array;
}

/** Masks for all global views of a batch. Made by `ratioMasking`, `hintMasking` or `lowAttentionMasking`. */
export interface ViewMasking {
  readonly name: string;
  /** What the context must carry. */
  readonly guidance: Exclude<MaskingGuidance, 'parts'>;
  /** [viewCount · N] row-major: 1 = the student does not see the patch. All randomness comes from `rng`. */
  sample(context: ViewMaskingContext, rng: Rng): Float32Array;
}

/** [viewCount · N] attention of the context, present and of the right length. */
export function attentionOfViews(where: string, { attention, viewCount, grid }: ViewMaskingContext): Float32Array {
  if (attention?.length === viewCount * grid.patchCount) return attention;
  throw new SemmaeError({
    where,
    requirement: `attention must hold ${grid.patchCount} scores for each of ${viewCount} views`,
    got: attention?.length ?? 'none',
    remedy: 'pass the attention that the teacher returns',
  });
}
