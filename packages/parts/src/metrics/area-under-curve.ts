// Area under the ROC curve of weighted samples: how well a score ranks one class above the other.

import { assertLength, SemmaeError } from '@semmae/core';

export interface RankedSamples {
  /** Higher = more likely positive. */
  scores: ArrayLike<number>;
  /** How many positive samples have this score. */
  positives: ArrayLike<number>;
  /** How many negative samples have this score. */
  negatives: ArrayLike<number>;
}

/** Chance that a random positive scores above a random negative, ties counted half; null where one class is missing. */
export function areaUnderCurve({ scores, positives, negatives }: RankedSamples): number | null {
  assertLength('areaUnderCurve', 'positives', positives, scores.length);
  assertLength('areaUnderCurve', 'negatives', negatives, scores.length);
  for (let sample = 0; sample < scores.length; sample++) {
    if (!Number.isNaN(scores[sample]!)) continue;
    throw new SemmaeError({ where: 'areaUnderCurve', requirement: 'scores must be numbers', got: `NaN at ${sample}` });
  }
  const order = Uint32Array.from({ length: scores.length }, (_, sample) => sample);
  order.sort((a, b) => scores[a]! - scores[b]!);
  let [below, positiveTotal, ordered] = [0, 0, 0];
  for (let start = 0; start < order.length; ) {
    const score = scores[order[start]!]!;
    let [tiedPositives, tiedNegatives] = [0, 0];
    for (; start < order.length && scores[order[start]!] === score; start++) {
      tiedPositives += positives[order[start]!]!;
      tiedNegatives += negatives[order[start]!]!;
    }
    ordered += tiedPositives * (below + tiedNegatives / 2);
    below += tiedNegatives;
    positiveTotal += tiedPositives;
  }
  return positiveTotal > 0 && below > 0 ? ordered / positiveTotal / below : null;
}
