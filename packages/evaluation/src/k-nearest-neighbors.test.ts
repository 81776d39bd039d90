import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { type KNearestNeighborsOptions, kNearestNeighbors, neighborSweep } from './k-nearest-neighbors';

/** Unit vectors of the plane at these angles in degrees, at any length: cosine similarity must not see the length. */
function plane(...angles: number[]): Float32Array {
  return Float32Array.from(
    angles.flatMap((angle, row) => [
      Math.cos((angle * Math.PI) / 180) * (row + 1),
      Math.sin((angle * Math.PI) / 180) * (row + 1),
    ]),
  );
}

function classify(options: Partial<KNearestNeighborsOptions>) {
  return kNearestNeighbors({
    trainFeatures: plane(0, 40, 50, 180),
    trainLabels: [0, 1, 1, 2],
    testFeatures: plane(10),
    testLabels: [0],
    width: 2,
    classCount: 3,
    k: 3,
    ...options,
  });
}

describe('kNearestNeighbors', () => {
  it('weighs one near neighbor against two farther ones by the temperature', async () => {
    // Similarities to 10°: cos 10° = 0.985 (class 0), cos 30° = 0.866 and cos 40° = 0.766 (class 1).
    // Votes at T = 0.07: 1 against exp(-0.119 / 0.07) + exp(-0.219 / 0.07) = 0.18 + 0.04; at T = 1: 1 against 0.89 + 0.80.
    expect(Array.from((await classify({ temperature: 0.07 })).predictions)).toEqual([0]);
    expect(Array.from((await classify({ temperature: 1 })).predictions)).toEqual([1]);
    expect(Array.from((await classify({ temperature: 1, k: 1 })).predictions)).toEqual([0]);
    expect((await classify({ temperature: 1e-6 })).accuracy).toBe(1);
  });

  it('breaks ties by the lower row, then by the lower class', async () => {
    const same = Float32Array.from([1, 0, 1, 0, 1, 0]);
    expect(Array.from((await classify({ trainFeatures: same, trainLabels: [2, 1, 1], k: 1 })).predictions)).toEqual([
      2,
    ]);
    expect(Array.from((await classify({ trainFeatures: same, trainLabels: [2, 1, 0], k: 2 })).predictions)).toEqual([
      1,
    ]);
  });

  it('agrees with sorting everything, over more rows than one block, without leaking tensors', async () => {
    const angles = (count: number, stride: number) =>
      Array.from({ length: count }, (_, index) => (index * stride) % 360);
    const [train, test] = [angles(97, 37.7), angles(523, 11.3)];
    const labels = train.map((angle) => Math.floor(angle / 120));
    const before = tf.memory().numTensors;
    const { predictions, accuracy } = await classify({
      trainFeatures: plane(...train),
      trainLabels: labels,
      testFeatures: plane(...test),
      testLabels: test.map((angle) => Math.floor(angle / 120)),
      k: 5,
    });
    expect(tf.memory().numTensors).toBe(before);
    const cosine = (a: number, b: number) => Math.cos(((a - b) * Math.PI) / 180);
    const expected = test.map((angle) => {
      const nearest = train
        .map((other, row) => ({ row, similarity: cosine(angle, other) }))
        .sort((a, b) => b.similarity - a.similarity);
      const votes = [0, 0, 0];
      for (const { row, similarity } of nearest.slice(0, 5)) votes[labels[row]!]! += Math.exp(similarity / 0.07);
      return votes.indexOf(Math.max(...votes));
    });
    expect(Array.from(predictions)).toEqual(expected);
    expect(accuracy).toBeGreaterThan(0.95); // only directions near the three borders can fail
  });

  it('takes rows of zeros and refuses more neighbors than rows', async () => {
    expect((await classify({ testFeatures: Float32Array.from([0, 0]), k: 1 })).accuracy).toBe(1); // all equally similar: row 0
    await expect(classify({ k: 5 })).rejects.toThrow(
      'k must be at most 4, the number of training images, got 5; choose a smaller one',
    );
    await expect(classify({ k: 0 })).rejects.toThrow('k must be an integer of at least 1, got 0');
  });
});

describe('neighborSweep', () => {
  const degrees = (count: number, stride: number) => Array.from({ length: count }, (_, row) => (row * stride) % 360);
  const sector = (angle: number) => Math.floor((angle * 7) / 360);
  const [train, test] = [degrees(97, 37.7), degrees(53, 11.3)];
  const sets = {
    trainFeatures: plane(...train),
    trainLabels: train.map(sector),
    testFeatures: plane(...test),
    testLabels: test.map(sector),
    width: 2,
    classCount: 7,
  };

  it('is kNearestNeighbors for each k, and says which k were too many', async () => {
    const { scores, leftOut } = await neighborSweep({ ...sets, neighbors: [5, 97, 1, 98, 200] });
    expect(leftOut).toEqual([98, 200]);
    expect(scores.map(({ k }) => k)).toEqual([5, 97, 1]);
    for (const { k, ...score } of scores) expect(await kNearestNeighbors({ ...sets, k })).toEqual(score);
    expect((await neighborSweep(sets)).leftOut).toEqual([100, 200]); // of DINO's 10, 20, 100, 200
    await expect(neighborSweep({ ...sets, neighbors: [98] })).rejects.toThrow(
      'k must be at most 97, the number of training images, got 98',
    );
  });

  it('takes all rows where there are fewer than the usual 20', async () => {
    const few = { ...sets, trainFeatures: sets.trainFeatures.slice(0, 26), trainLabels: sets.trainLabels.slice(0, 13) };
    const { scores, leftOut } = await neighborSweep(few);
    expect([scores.map(({ k }) => k), leftOut]).toEqual([
      [10, 13],
      [20, 100, 200],
    ]);
    const { k: _all, ...whole } = scores[1]!;
    expect(await kNearestNeighbors(few)).toEqual(whole);
  });

  it('counts the five classes with most votes, and none without a vote', async () => {
    // One neighbor: the second of five classes has no vote. All neighbors: two of seven sectors lie farthest from a direction.
    const { scores } = await neighborSweep({ ...sets, neighbors: [1, 97] });
    expect(scores[0]!.top5Accuracy).toBe(scores[0]!.accuracy);
    expect(scores[1]!.top5Accuracy).toBe(1);
    const elsewhere = await neighborSweep({
      ...sets,
      testLabels: test.map((angle) => sector((angle + 180) % 360)), // what lies opposite gets the fewest votes
      neighbors: [97],
    });
    expect(elsewhere.scores[0]!.top5Accuracy).toBe(0);
    const five = { trainLabels: train.map((angle) => Math.floor(angle / 72)), testLabels: [0], classCount: 5 };
    expect((await neighborSweep({ ...sets, ...five, testFeatures: plane(1) })).scores[0]).not.toHaveProperty(
      'top5Accuracy',
    );
  });
});
