// Which patches of the global views the student does not see: masks whose size may differ from view to view.

import { type PatchGrid, type Rng, SemmaeError } from '@semmae/core';
import { type BatchMaskingStrategy, type MaskingGuidance, type MaskingStrategy, sampleBatch } from '@semmae/masking';

export interface ViewMaskingContext {
  readonly grid: PatchGrid;
  readonly viewCount: number;
  /** Fraction of training that is done, in [0, 1]. */
  readonly progress: number;
  /** [viewCount · N]: the teacher's class attention; present where `guidance` is 'attention'. */
  readonly attention?: Float32Array;
}

/** Masks for all global views of a batch. Made by `viewMasking`. */
export interface ViewMasking {
  readonly name: string;
  /** What the context must carry. */
  readonly guidance: Exclude<MaskingGuidance, 'parts'>;
  /** [viewCount · N] row-major: 1 = the student does not see the patch. All randomness comes from `rng`. */
  sample(context: ViewMaskingContext, rng: Rng): Float32Array;
}

/**
 * Masks views as a strategy of `@semmae/masking` masks images; its guidance must be none or attention. Strategies that decide
 * for a batch (`ibotMasking`, `publishedAttentionMasking`) get all views at once.
 */
export function viewMasking(strategy: MaskingStrategy | BatchMaskingStrategy): ViewMasking {
  const { name, guidance } = strategy;
  if (guidance === 'parts') {
    throw new SemmaeError({
      where: 'viewMasking',
      requirement: 'strategy must be guided by attention or by nothing',
      got: name,
      remedy: 'a teacher knows no parts of its views',
    });
  }
  return {
    name: `views-${name}`,
    guidance,
    sample(context, rng) {
      const { grid, viewCount, progress } = context;
      const attention = guidance === 'attention' ? attentionOfViews(context) : undefined;
      const contexts = Array.from({ length: viewCount }, (_, view) => ({
        grid,
        progress,
        attention: attention?.subarray(view * grid.patchCount, (view + 1) * grid.patchCount),
      }));
      return Float32Array.from(sampleBatch(strategy, contexts, rng, { padding: true }).hidden);
    },
  };
}

/** [viewCount · N] attention of the context, present and of the right length. */
function attentionOfViews({ attention, viewCount, grid }: ViewMaskingContext): Float32Array {
  if (attention?.length === viewCount * grid.patchCount) return attention;
  throw new SemmaeError({
    where: 'viewMasking',
    requirement: `attention must hold ${grid.patchCount} scores for each of ${viewCount} views`,
    got: attention?.length ?? 'none',
    remedy: 'pass the attention that the teacher returns',
  });
}
