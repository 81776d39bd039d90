import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { type LinearProbeOptions, linearProbe } from './linear-probe';

const [width, classCount] = [7, 5];

/** Rows around a point of their class, `spread` wide; `columns` may rewrite a row. */
function clusters({
  count,
  spread,
  seed,
  change = (row) => row,
}: {
  count: number;
  spread: number;
  seed: number;
  change?: (row: number[]) => number[];
}) {
  const centers = createRng(1).split('centres');
  const points = Array.from({ length: classCount }, () => Array.from({ length: width }, () => centers.normal()));
  const rng = createRng(seed);
  const labels = Int32Array.from({ length: count }, (_, row) => row % classCount);
  const features = Float32Array.from(
    Array.from(labels).flatMap((label) => change(points[label]!.map((value) => value + spread * rng.normal()))),
  );
  return { features, labels };
}

function probe(
  train: { features: Float32Array; labels: Int32Array },
  test: typeof train,
  options: Partial<LinearProbeOptions> = {},
) {
  return linearProbe({
    trainFeatures: train.features,
    trainLabels: train.labels,
    testFeatures: test.features,
    testLabels: test.labels,
    width,
    classCount,
    ...options,
  });
}

describe('linearProbe', () => {
  it('is perfect on separable classes, without leaking tensors', async () => {
    const before = tf.memory().numTensors;
    const result = await probe(
      clusters({ count: 203, spread: 0.05, seed: 2 }),
      clusters({ count: 101, spread: 0.05, seed: 3 }),
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(result.accuracy).toBe(1);
    expect(result.trainAccuracy).toBe(1);
    expect(Array.from(result.predictions)).toEqual(Array.from({ length: 101 }, (_, row) => row % classCount));
  });

  it('is at chance on labels that mean nothing', async () => {
    const [train, test] = [clusters({ count: 401, spread: 1, seed: 4 }), clusters({ count: 599, spread: 1, seed: 5 })];
    const rng = createRng(6);
    for (const { labels } of [train, test]) labels.set(labels.map(() => rng.integer(classCount)));
    const { accuracy } = await probe(train, test);
    const deviation = Math.sqrt((0.2 * 0.8) / 599);
    expect(Math.abs(accuracy - 1 / classCount)).toBeLessThan(4 * deviation); // binomial, four standard deviations
  });

  it('is close to the best possible classifier on overlapping Gaussians', async () => {
    const spread = 1.5;
    const [train, test] = [clusters({ count: 1999, spread, seed: 7 }), clusters({ count: 1999, spread, seed: 8 })];
    const centers = createRng(1).split('centres');
    const points = Array.from({ length: classCount }, () => Array.from({ length: width }, () => centers.normal()));
    // Equal spherical Gaussians: the nearest center is Bayes-optimal, and it is a linear rule.
    const correct = Array.from(test.labels).filter((label, row) => {
      const distances = points.map((point) =>
        point.reduce((sum, value, column) => sum + (value - test.features[row * width + column]!) ** 2, 0),
      );
      return distances.indexOf(Math.min(...distances)) === label;
    }).length;
    const { accuracy } = await probe(train, test);
    // Fitting 40 parameters to 1999 rows costs about 1 %, the difference of two correlated proportions adds as much.
    expect(Math.abs(accuracy - correct / 1999)).toBeLessThan(0.02);
  });

  it('does not mind constant, repeated, dependent or huge features', async () => {
    const change = ([a, b]: number[]) => [a!, a!, 1e6, 0, a! + b!, 1e5 * b!, -3];
    const result = await probe(
      clusters({ count: 203, spread: 0.01, seed: 2, change }),
      clusters({ count: 101, spread: 0.01, seed: 3, change }),
    );
    expect(result.accuracy).toBe(1);
  });

  it('survives more columns than rows and a class without training rows', async () => {
    const train = clusters({ count: 6, spread: 0.01, seed: 2 });
    train.labels.fill(0, 4, 5);
    const result = await probe(train, clusters({ count: 4, spread: 0.01, seed: 3 }), { penalties: [1e-3] });
    expect(result.accuracy).toBeGreaterThanOrEqual(0.75);
    expect(result.heldOut).toEqual([]);
  });

  it('chooses the penalty without the test set, and repeats itself exactly', async () => {
    const train = clusters({ count: 203, spread: 1, seed: 9 });
    const first = await probe(train, clusters({ count: 31, spread: 1, seed: 10 }));
    const second = await probe(train, clusters({ count: 37, spread: 5, seed: 11 }));
    expect(second.penalty).toBe(first.penalty);
    expect(second.heldOut).toEqual(first.heldOut);
    expect(first.heldOut.map(({ penalty }) => penalty)).toEqual([1, 0.1, 0.01, 1e-3, 1e-4, 1e-5]);
    const lowest = Math.min(...first.heldOut.map(({ crossEntropy }) => crossEntropy));
    expect(first.heldOut.find(({ penalty }) => penalty === first.penalty)!.crossEntropy).toBe(lowest);
    expect(await probe(train, clusters({ count: 31, spread: 1, seed: 10 }))).toEqual(first);
  });

  it('reads classes of one and of two rows', async () => {
    const test = clusters({ count: 31, spread: 0.05, seed: 3 });
    const single = await probe(clusters({ count: 5, spread: 0.05, seed: 1 }), test);
    expect([single.accuracy, single.heldOut]).toEqual([1, []]); // nothing to choose the penalty by
    const pairs = await probe(clusters({ count: 10, spread: 0.05, seed: 1 }), test);
    expect([pairs.accuracy, pairs.heldOut.length]).toEqual([1, 6]);
  });

  it('names a wrong label and a broken feature', async () => {
    const good = clusters({ count: 53, spread: 1, seed: 1 });
    const labeled = { ...good, labels: good.labels.slice().fill(5, 3, 4) };
    await expect(probe(labeled, good)).rejects.toThrow('trainLabels must be integers from 0 to 4, got 5 in row 3');
    const broken = { ...good, features: good.features.slice().fill(Number.NaN, 15, 16) };
    await expect(probe(good, broken)).rejects.toThrow('testFeatures must be finite, got NaN in row 2');
  });
});
