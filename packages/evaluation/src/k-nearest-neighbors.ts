// The k-NN protocol of DINO: classify by the labels of the most similar training images, without training anything.

import { assertInteger, assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import { isAmongFive } from './classification-scores';
import { checkTrainTest, type LabeledFeatures, type TrainTestFeatures } from './labeled-features';

export interface KNearestNeighborsOptions extends TrainTestFeatures {
  /** Neighbors that vote, at most n. Default 20, or n where there are fewer. */
  k?: number;
  /** Votes weigh exp(similarity / temperature). Default 0.07. */
  temperature?: number;
}

export interface KNearestNeighborsResult {
  /** Fraction of the test set classified correctly, in [0, 1]. */
  accuracy: number;
  /**
   * Fraction whose class has a vote and is among the five with most; only with more than five classes. The published code also
   * counts classes without a vote where fewer than five have one.
   */
  top5Accuracy?: number;
  /** The class predicted for each test row. */
  predictions: Int32Array;
}

export interface NeighborSweepOptions extends Omit<KNearestNeighborsOptions, 'k'> {
  /** Default 10, 20, 100 and 200, which DINO reports; n stands for 20 where there are fewer. */
  neighbors?: readonly number[];
}

export interface NeighborSweep {
  /** One for each k that is at most n, in the order asked for; of the default with n in place of a 20 that is too large. */
  scores: ({ k: number } & KNearestNeighborsResult)[];
  /** The k that the training set is too small for. */
  leftOut: number[];
}

const defaultNeighbors: readonly number[] = [10, 20, 100, 200];
const usualK = 20;

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
export async function kNearestNeighbors({ k, ...sets }: KNearestNeighborsOptions): Promise<KNearestNeighborsResult> {
  const n = sets.trainLabels.length;
  const { scores } = await neighborSweep({ ...sets, neighbors: [k ?? Math.min(usualK, n)] });
  const { k: _same, ...result } = scores[0]!;
  return result;
}

/** `kNearestNeighbors` for several k at the cost of the largest. */
export async function neighborSweep(options: NeighborSweepOptions): Promise<NeighborSweep> {
  const { neighbors: asked, temperature = 0.07 } = options;
  const neighbors = asked ?? defaultNeighbors;
  const { train, test, shape } = checkTrainTest('kNearestNeighbors', options);
  for (const k of neighbors) assertInteger('kNearestNeighbors', 'k', k);
  assertRange('kNearestNeighbors', 'temperature', temperature, Number.MIN_VALUE, Number.MAX_VALUE);
  const testCount = test.labels.length;
  const n = train.labels.length;
  const leftOut = neighbors.filter((k) => k > n);
  const fitting = neighbors.filter((k) => k <= n);
  if (asked === undefined && n < usualK && !fitting.includes(n)) fitting.push(n);
  if (fitting.length === 0) throw tooFew(neighbors, n);
  const tallies = fitting.map((k) => ({ k, amongFive: 0, predictions: new Int32Array(testCount) }));

  const most = Math.max(...tallies.map(({ k }) => k));
  await forEachTestRow(train, test, shape.width, (row, similarities) => {
    const nearest = mostSimilar(similarities, most);
    for (const tally of tallies) {
      const votes = vote(nearest.slice(0, tally.k), train.labels, shape.classCount, temperature);
      const label = test.labels[row]!;
      tally.predictions[row] = votes.indexOf(Math.max(...votes));
      tally.amongFive += votes[label]! > 0 && isAmongFive(votes, label) ? 1 : 0;
    }
  });
  const scores = tallies.map(({ k, amongFive, predictions }) => {
    const correct = predictions.reduce((sum, predicted, row) => sum + (predicted === test.labels[row] ? 1 : 0), 0);
    const top5 = shape.classCount > 5 && { top5Accuracy: amongFive / testCount };
    return { k, accuracy: correct / testCount, ...top5, predictions };
  });
  return { scores, leftOut };
}

function tooFew(neighbors: readonly number[], n: number): SemmaeError {
  return new SemmaeError({
    where: 'kNearestNeighbors',
    requirement: `k must be at most ${n}, the number of training images`,
    got: neighbors.join(', '),
    remedy: 'choose a smaller one, or leave it out',
  });
}

/** Calls `use` with the cosine similarities [n] of each test row to the training rows. */
async function forEachTestRow(
  train: LabeledFeatures,
  test: LabeledFeatures,
  width: number,
  use: (row: number, similarities: Float32Array) => void,
): Promise<void> {
  const [trainCount, testCount] = [train.labels.length, test.labels.length];
  const known = tf.tensor2d(unitRows(train.features, width), [trainCount, width]);
  const rows = unitRows(test.features, width);
  try {
    for (let first = 0; first < testCount; first += rowsAtATime) {
      const count = Math.min(rowsAtATime, testCount - first);
      const similarities = await similarity(rows.subarray(first * width, (first + count) * width), known); // [count, n]
      for (let row = 0; row < count; row++) {
        use(first + row, similarities.subarray(row * trainCount, (row + 1) * trainCount));
      }
    }
  } finally {
    known.dispose();
  }
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

/** The votes for each class, [C]. */
function vote(
  neighbors: readonly Neighbor[],
  labels: ArrayLike<number>,
  classCount: number,
  temperature: number,
): Float64Array {
  const votes = new Float64Array(classCount);
  const most = neighbors[0]!.similarity; // subtracted so that small temperatures do not overflow
  for (const { row, similarity: value } of neighbors) votes[labels[row]!]! += Math.exp((value - most) / temperature);
  return votes;
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
