// The k-NN protocol of DINO: classify by the labels of the most similar training images, without training anything.

import { assertInteger, assertRange } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { assertLabeledFeatures, type FeatureShape } from './labeled-features';

export interface KNearestNeighborsOptions extends FeatureShape {
  /** [n · D] */
  trainFeatures: Float32Array;
  trainLabels: ArrayLike<number>;
  testFeatures: Float32Array;
  testLabels: ArrayLike<number>;
  /** Neighbors that vote, at most n. Default 20. */
  k?: number;
  /** Votes weigh exp(similarity / temperature). Default 0.07. */
  temperature?: number;
}

export interface KNearestNeighborsResult {
  /** Fraction of the test set classified correctly, in [0, 1]. */
  accuracy: number;
  /** The class predicted for each test row. */
  predictions: Int32Array;
}

/** Test rows compared at a time: bounds the similarity matrix to 256 x n. */
const rowsAtATime = 256;
/** Shortest length a feature vector is divided by, as in torch.nn.functional.normalize. */
const shortest = 1e-12;

/**
 * Cosine similarity, votes weighted by exp(similarity / temperature). Ties: of equally similar neighbors the one with the
 * lower row number votes; of equally supported classes the lower id wins.
 *
 * Reference: Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", §4.1, https://arxiv.org/abs/2104.14294;
 * Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", §3.4, https://arxiv.org/abs/1805.01978
 */
export async function kNearestNeighbors(options: KNearestNeighborsOptions): Promise<KNearestNeighborsResult> {
  const {
    trainFeatures,
    trainLabels,
    testFeatures,
    testLabels,
    width,
    classCount,
    k = 20,
    temperature = 0.07,
  } = options;
  const shape = { width, classCount };
  const trainCount = assertLabeledFeatures(
    'kNearestNeighbors',
    'train',
    { features: trainFeatures, labels: trainLabels },
    shape,
  );
  const testCount = assertLabeledFeatures(
    'kNearestNeighbors',
    'test',
    { features: testFeatures, labels: testLabels },
    shape,
  );
  assertInteger('kNearestNeighbors', 'k', k);
  assertRange('kNearestNeighbors', 'k', k, 1, trainCount);
  assertRange('kNearestNeighbors', 'temperature', temperature, Number.MIN_VALUE, Number.MAX_VALUE);

  const predictions = new Int32Array(testCount);
  const known = tf.tensor2d(unitRows(trainFeatures, width), [trainCount, width]);
  const rows = unitRows(testFeatures, width);
  try {
    for (let first = 0; first < testCount; first += rowsAtATime) {
      const count = Math.min(rowsAtATime, testCount - first);
      const similarities = await similarity(rows.subarray(first * width, (first + count) * width), known); // [count, n]
      for (let row = 0; row < count; row++) {
        const neighbors = mostSimilar(similarities.subarray(row * trainCount, (row + 1) * trainCount), k);
        predictions[first + row] = vote(neighbors, trainLabels, classCount, temperature);
      }
    }
  } finally {
    known.dispose();
  }
  const correct = predictions.reduce((sum, predicted, row) => sum + (predicted === testLabels[row] ? 1 : 0), 0);
  return { accuracy: correct / testCount, predictions };
}

interface Neighbor {
  row: number;
  similarity: number;
}

async function similarity(rows: Float32Array, known: tf.Tensor2D): Promise<Float32Array> {
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d(rows, [rows.length / known.shape[1], known.shape[1]]), known, false, true),
  );
  const values = (await product.data()) as Float32Array;
  product.dispose();
  return values;
}

/** The `k` largest values with their rows, largest first; the earlier row first among equals. */
function mostSimilar(similarities: Float32Array, k: number): Neighbor[] {
  const nearest: Neighbor[] = [];
  similarities.forEach((value, row) => {
    if (nearest.length === k && value <= nearest[k - 1]!.similarity) return;
    if (nearest.length === k) nearest.pop();
    let place = nearest.length;
    while (place > 0 && nearest[place - 1]!.similarity < value) place--;
    nearest.splice(place, 0, { row, similarity: value });
  });
  return nearest;
}

function vote(
  neighbors: readonly Neighbor[],
  labels: ArrayLike<number>,
  classCount: number,
  temperature: number,
): number {
  const votes = new Float64Array(classCount);
  const most = neighbors[0]!.similarity; // subtracted so that small temperatures do not overflow
  for (const { row, similarity: value } of neighbors) votes[labels[row]!]! += Math.exp((value - most) / temperature);
  return votes.indexOf(Math.max(...votes));
}

/** Rows of length 1; a row of zeros stays zero. */
function unitRows(features: Float32Array, width: number): Float32Array {
  const unit = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += width) {
    const row = features.subarray(start, start + width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    unit.set(
      row.map((value) => value / Math.max(length, shortest)),
      start,
    );
  }
  return unit;
}
