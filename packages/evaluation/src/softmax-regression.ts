// Multinomial logistic regression with an L2 penalty, fitted to the whole set at once.

import { type Compile, runDirectly, type TensorGroup } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureShape, LabeledFeatures } from './labeled-features';
import { minimize } from './lbfgs';

/** D x C weights row-major, then C biases. */
export type LinearHead = Float64Array;

export interface SoftmaxRegression {
  /** The head that minimizes mean cross-entropy + penalty/2 |W|², started from `start` (default: zeros). */
  fit(penalty: number, start?: LinearHead): Promise<LinearHead>;
}

/** Holds `data` on the backend for as long as `use` runs. Deterministic: no sampling, no random start. */
export async function withSoftmaxRegression<Result>(
  data: LabeledFeatures,
  { width, classCount }: FeatureShape,
  use: (regression: SoftmaxRegression) => Promise<Result>,
  compile: Compile = runDirectly,
): Promise<Result> {
  const count = data.labels.length;
  const weightCount = width * classCount;
  const lossAndGradient = compile(crossEntropy);
  const set = {
    features: tf.tensor2d(data.features, [count, width]),
    classes: tf.tidy(() =>
      tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(data.labels), 'int32'), classCount), 'float32'),
    ), // [n, C]
  };

  async function fit(
    penalty: number,
    start: LinearHead = new Float64Array(weightCount + classCount),
  ): Promise<LinearHead> {
    return minimize({
      start,
      async evaluate(head) {
        const outputs = tf.tidy(() => {
          const values = new Float32Array(head);
          const weights = tf.tensor2d(values.subarray(0, weightCount), [width, classCount]);
          return lossAndGradient(set, { weights, bias: tf.tensor1d(values.subarray(weightCount)) });
        }) as Record<'loss' | 'weights' | 'bias', tf.Tensor>;
        const [loss, weights, bias] = await Promise.all([
          outputs.loss.data(),
          outputs.weights.data(),
          outputs.bias.data(),
        ]);
        const gradient = new Float64Array(weightCount + classCount);
        gradient.set(weights);
        gradient.set(bias, weightCount);
        let squares = 0;
        for (let index = 0; index < weightCount; index++) {
          squares += head[index]! ** 2;
          gradient[index]! += penalty * head[index]!;
        }
        tf.dispose(outputs);
        return { value: loss[0]! + (penalty / 2) * squares, gradient };
      },
    });
  }

  try {
    return await use({ fit });
  } finally {
    tf.dispose(set);
  }
}

/** One head per penalty; each fit starts where the one before ended, so go from strong to weak. */
export async function fitPenaltyPath(
  regression: SoftmaxRegression,
  penalties: readonly number[],
): Promise<LinearHead[]> {
  const heads: LinearHead[] = [];
  for (const penalty of penalties) heads.push(await regression.fit(penalty, heads.at(-1)));
  return heads;
}

/** Logits [n · C] of a head for `features` [n · D]. */
export async function computeLogits(
  features: Float32Array,
  head: LinearHead,
  { width, classCount }: FeatureShape,
): Promise<Float32Array> {
  const logits = tf.tidy(() => {
    const values = new Float32Array(head);
    const weights = tf.tensor2d(values.subarray(0, width * classCount), [width, classCount]);
    const rows = tf.tensor2d(features, [features.length / width, width]);
    return tf.add(tf.matMul(rows, weights), tf.tensor1d(values.subarray(width * classCount)));
  });
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}

/** Mean cross-entropy of `features` [n, D] against `classes` [n, C], and its gradients in closed form: Xᵀ(softmax - Y)/n. */
function crossEntropy(...inputs: TensorGroup[]): TensorGroup {
  const [{ features, classes }, { weights, bias }] = inputs as [
    Record<'features' | 'classes', tf.Tensor2D>,
    { weights: tf.Tensor2D; bias: tf.Tensor1D },
  ];
  return tf.tidy(() => {
    const logProbabilities = tf.logSoftmax(tf.add(tf.matMul(features, weights), bias)); // [n, C]
    const error = tf.div(tf.sub(tf.exp(logProbabilities), classes), features.shape[0]) as tf.Tensor2D; // [n, C]
    return {
      loss: tf.neg(tf.div(tf.sum(tf.mul(classes, logProbabilities)), features.shape[0])),
      weights: tf.matMul(features, error, true, false), // [D, C]
      bias: tf.sum(error, 0), // [C]
    };
  });
}
