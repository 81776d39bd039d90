// Semantic-guided masking, SemMAE's own: from a share of every part to whole parts as training goes on.

import { SemmaeError } from '@semmae/core';
import { partsOf } from '../guidance';
import { type MaskedCountOptions, maskedCountRule } from '../masked-count';
import type { MaskingStrategy } from '../masking-strategy';
import { drawFromList } from '../selection/draw-from-list';
import { strategyFromHide } from '../strategy-from-hide';
import { type AlphaSchedule, alphaAt, polynomialAlpha, publishedAlpha } from './alpha-schedule';
import { partGroups } from './part-groups';
import { assignQuota } from './part-quota';
import { publishedSemanticMasking } from './published-semantic-masking';
import { shuffleParts } from './shuffle-parts';

export interface SemanticMaskingOptions extends MaskedCountOptions {
  /** α for `context.progress`. Default `polynomialAlpha()`, which is α = progress². */
  alpha?: AlphaSchedule | undefined;
  /**
   * Samples as the published code does: quotas are rounded twice, halves to the even number, and their sum, which then
   * misses the count by up to four patches, is cut to it without regard to parts. Takes a `maskRatio` only (published
   * runs give 0.75, the code's own default is 0.6), and `publishedAlpha()` unless told. Default false.
   */
  faithful?: boolean | undefined;
}

/**
 * Hides patches part by part. Early in training (α = 0) every part loses the same share, late (α = 1) randomly chosen
 * parts vanish whole and at most one is cut. Within a part the hidden patches are uniformly random.
 *
 * `context.parts` may come from anywhere (learned parts, k-means, a segmentation) and hold any ids from 0 to 255;
 * background is a part like any other. With a single part this is random masking. At α = 1 patches of small parts are
 * hidden less often than `maskRatio` and those of large parts more often: the ratio holds for the image, not per patch.
 *
 * The paper's quotas are real numbers; see `partQuota` for how they become an exact count.
 *
 * Reference: Li et al., "SemMAE: Semantic-Guided Masking for Learning Masked Autoencoders", §3.2 and Algorithm 1,
 * https://arxiv.org/abs/2206.10207
 */
export function semanticMasking(options: SemanticMaskingOptions = {}): MaskingStrategy {
  const { alpha = polynomialAlpha(), faithful = false, ...count } = options;
  if (faithful) return publishedSemanticMasking(ratioOf(count), options.alpha ?? publishedAlpha());
  const maskedCountFor = maskedCountRule('semanticMasking', count);
  const groups = partGroups();
  const quota = new Int32Array(256); // by part id
  const fractions = new Int32Array(256);
  return strategyFromHide({
    name: 'semantic',
    guidance: 'parts',
    hide(context, hidden, rng) {
      const { patchCount } = context.grid;
      const maskedCount = maskedCountFor(patchCount);
      groups.group(partsOf('semanticMasking', context));
      const { sizes, starts, patches, order, partCount } = groups;
      shuffleParts(order, partCount, rng);
      const alphaNow = alphaAt(alpha, context.progress);
      assignQuota(quota, { sizes, order, partCount, patchCount, maskedCount, alpha: alphaNow, fractions });
      for (let rank = 0; rank < partCount; rank++) {
        const part = order[rank]!;
        drawFromList({ patches, start: starts[part]!, length: sizes[part]! }, quota[part]!, hidden, rng);
      }
    },
  });
}

function ratioOf({ maskRatio = 0.75, maskedCount, countPolicy = 'keep-floor' }: MaskedCountOptions): number {
  if (maskedCount === undefined && countPolicy === 'keep-floor') return maskRatio;
  throw new SemmaeError({
    where: 'semanticMasking',
    requirement: 'faithful must be given a maskRatio, whose count is keep-floor',
    got: maskedCount === undefined ? `countPolicy ${countPolicy}` : `maskedCount ${maskedCount}`,
    remedy: 'drop it, or faithful',
  });
}
