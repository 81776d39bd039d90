// Chooses the strength of an L2 penalty on rows put aside from the training set.

import type { Rng } from '@semmae/core';
import type { Compile } from '@semmae/train';
import { scoreLogits } from './classification-scores';
import { heldOutSplit } from './held-out-split';
import { type FeatureShape, type LabeledFeatures, selectRows } from './labeled-features';
import { computeLogits, fitPenaltyPath, withSoftmaxRegression } from './softmax-regression';
import { fitStandardization } from './standardization';

export interface HeldOutScore {
  penalty: number;
  accuracy: number;
  /** Mean cross-entropy in nats. */
  crossEntropy: number;
}

export interface ChoosePenaltyOptions {
  train: LabeledFeatures;
  shape: FeatureShape;
  /** From strong to weak. */
  penalties: readonly number[];
  heldOutFraction: number;
  rng: Rng;
  compile?: Compile;
}

/**
 * Scores each penalty on the rows put aside. The lowest cross-entropy decides, of equals the strongest: accuracy over a few
 * hundred rows varies more from split to split than the penalties differ. Where classes are too small for the fraction, one row of each
 * is put aside; where none has two rows there is nothing to choose by, and the one in the middle is taken.
 */
export async function choosePenalty({
  train,
  shape,
  penalties,
  heldOutFraction,
  rng,
  compile,
}: ChoosePenaltyOptions): Promise<{ penalty: number; heldOut: HeldOutScore[] }> {
  const byFraction = heldOutSplit(train.labels, heldOutFraction, rng);
  const split =
    byFraction.heldOut.length > 0 ? byFraction : heldOutSplit(train.labels, heldOutFraction, rng, { least: 1 });
  if (split.heldOut.length === 0) return { penalty: penalties[Math.floor(penalties.length / 2)]!, heldOut: [] };
  const fitted = selectRows(train, split.fitted, shape.width);
  const judged = selectRows(train, split.heldOut, shape.width);
  const { apply } = fitStandardization(fitted.features, shape.width);
  const heads = await withSoftmaxRegression(
    { features: apply(fitted.features), labels: fitted.labels },
    shape,
    (regression) => fitPenaltyPath(regression, penalties),
    compile,
  );
  const judgedFeatures = apply(judged.features);
  const heldOut: HeldOutScore[] = [];
  for (const [index, penalty] of penalties.entries()) {
    const logits = await computeLogits(judgedFeatures, heads[index]!, shape);
    const { accuracy, crossEntropy } = scoreLogits(logits, judged.labels, shape.classCount);
    heldOut.push({ penalty, accuracy, crossEntropy });
  }
  const { penalty } = heldOut.reduce((best, score) => (score.crossEntropy < best.crossEntropy ? score : best));
  return { penalty, heldOut };
}
