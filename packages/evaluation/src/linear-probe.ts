// Linear probing: how well classes can be read from frozen features by a linear map.

import { assertFraction, assertRange, createRng, SemmaeError } from '@semmae/core';
import type { Compile } from '@semmae/train';
import { choosePenalty, type HeldOutScore } from './choose-penalty';
import { scoreLogits } from './classification-scores';
import { checkTrainTest, type TrainTestFeatures } from './labeled-features';
import { computeLogits, fitPenaltyPath, withSoftmaxRegression } from './softmax-regression';
import { fitStandardization } from './standardization';

/** In MAE's protocol features are class tokens after the final layer norm. */
export interface LinearProbeOptions extends TrainTestFeatures {
  /** L2 penalties to choose from, each > 0. Default 1, 0.1, … 1e-5. With a single one nothing is put aside. */
  penalties?: readonly number[];
  /** Fraction of the training rows of each class by which the penalty is chosen; one row where that is less. Default 0.2. */
  heldOutFraction?: number;
  /** Draws the rows put aside. Default 0. */
  seed?: number;
  compile?: Compile;
}

export interface LinearProbeResult {
  /** Fraction of the test set classified correctly, in [0, 1]. */
  accuracy: number;
  /** Fraction whose class is among the five most probable; only with more than five classes. */
  top5Accuracy?: number;
  trainAccuracy: number;
  /** The class predicted for each test row. */
  predictions: Int32Array;
  /** The chosen penalty, and what each scored on the rows put aside (empty when there was no choice). */
  penalty: number;
  heldOut: readonly HeldOutScore[];
}

const defaultPenalties = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5];

/**
 * MAE's probe for sets that fit in memory: features are computed once, standardized with the training statistics (batch norm
 * without affine), and a softmax regression is fitted to convergence by L-BFGS instead of 90 epochs of LARS. The penalty is
 * chosen on rows put aside from the training set; the test set is looked at once, at the end. Deterministic.
 *
 * Reference: He et al., "Masked Autoencoders Are Scalable Vision Learners", appendix A.1, https://arxiv.org/abs/2111.06377.
 * Differs in the solver and in the absence of augmentation, so compare its figures with each other, not with published ones.
 */
export async function linearProbe(options: LinearProbeOptions): Promise<LinearProbeResult> {
  const { penalties = defaultPenalties, heldOutFraction = 0.2, seed = 0, compile } = options;
  const { train, test, shape } = checkTrainTest('linearProbe', options);
  assertFraction('linearProbe', 'heldOutFraction', heldOutFraction);
  if (penalties.length === 0)
    throw new SemmaeError({ where: 'linearProbe', requirement: 'penalties must not be empty', got: '[]' });
  for (const penalty of penalties)
    assertRange('linearProbe', 'each penalty', penalty, Number.MIN_VALUE, Number.MAX_VALUE);

  // From strong to weak: each fit starts where the one before ended.
  const strongestFirst = [...penalties].sort((a, b) => b - a);
  const { penalty, heldOut } =
    penalties.length === 1
      ? { penalty: penalties[0]!, heldOut: [] }
      : await choosePenalty({
          train,
          shape,
          penalties: strongestFirst,
          heldOutFraction,
          rng: createRng(seed),
          compile,
        });

  const { apply } = fitStandardization(train.features, shape.width);
  const rows = apply(train.features);
  const path = strongestFirst.filter((candidate) => candidate >= penalty);
  const heads = await withSoftmaxRegression(
    { features: rows, labels: train.labels },
    shape,
    (regression) => fitPenaltyPath(regression, path),
    compile,
  );
  const score = async (features: Float32Array, labels: ArrayLike<number>) =>
    scoreLogits(await computeLogits(features, heads.at(-1)!, shape), labels, shape.classCount);
  const [onTrain, onTest] = [await score(rows, train.labels), await score(apply(test.features), test.labels)];
  return {
    accuracy: onTest.accuracy,
    top5Accuracy: onTest.top5Accuracy,
    trainAccuracy: onTrain.accuracy,
    predictions: onTest.predictions,
    penalty,
    heldOut,
  };
}
