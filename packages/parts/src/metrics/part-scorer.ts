// Part quality against ground truth, over a whole data set at once.

import { assertLength } from '@semmae/core';

import { adjustedRandIndex } from './adjusted-rand-index';
import { normalizedMutualInformation } from './normalized-mutual-information';
import { partContingency } from './part-contingency';

/** Null where there are no samples to score. */
export interface PartScores {
  /** All samples, background included as a label of its own on both sides. */
  nmi: number | null;
  ari: number | null;
  /** Samples whose true label is not background. */
  fgNmi: number | null;
  fgAri: number | null;
}

export interface ScoredParts {
  /** Predicted part ids of one image, 0 = background. */
  predicted: ArrayLike<number>;
  /** True part ids of the same samples, 0 = background. */
  truth: ArrayLike<number>;
  /** True label of samples that do not count, such as 255. Default: every sample counts. */
  ignore?: number | undefined;
  /** Part ids without a background class, used for the foreground scores. Default: `predicted`. */
  foreground?: ArrayLike<number>;
}

export interface PartScorer {
  add(image: ScoredParts): void;
  scores(): PartScores;
}

/**
 * Collects labels image by image and scores them once: the mean of per-image scores would forgive part ids that change
 * their meaning between images.
 *
 * Conventions: NMI with the arithmetic mean; foreground scores take samples with true label > 0 and the argmax part.
 */
export function partScorer(): PartScorer {
  const everywhere = partContingency();
  const foreground = partContingency();
  return {
    add({ predicted, truth, ignore, foreground: argmax = predicted }) {
      assertLength('partScorer', 'predicted', predicted, truth.length);
      assertLength('partScorer', 'foreground', argmax, truth.length);
      for (let sample = 0; sample < truth.length; sample++) {
        const label = truth[sample]!;
        if (label === ignore) continue;
        everywhere.addCount(predicted[sample]!, label, 1);
        if (label > 0) foreground.addCount(argmax[sample]!, label, 1);
      }
    },
    scores() {
      const [all, inside] = [everywhere.table(), foreground.table()];
      return {
        nmi: normalizedMutualInformation(all),
        ari: adjustedRandIndex(all),
        fgNmi: normalizedMutualInformation(inside),
        fgAri: adjustedRandIndex(inside),
      };
    },
  };
}
