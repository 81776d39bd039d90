import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { evaluateFeatures } from './evaluate-features';
import { kNearestNeighbors } from './k-nearest-neighbors';
import { linearProbe } from './linear-probe';

describe('evaluateFeatures', () => {
  it('is the protocols one by one', async () => {
    const rng = createRng(1);
    const [width, classCount] = [3, 7];
    const set = (count: number) => {
      const labels = Int32Array.from({ length: count }, (_, row) => row % classCount);
      const features = Float32Array.from({ length: count * width }, (_, place) => {
        const angle = labels[Math.floor(place / width)]! + 2 * (place % width);
        return Math.cos(angle) + 0.5 * rng.normal();
      });
      return { features, labels };
    };
    const [train, test] = [set(83), set(29)];
    const sets = {
      ...{ trainFeatures: train.features, trainLabels: train.labels, width, classCount },
      ...{ testFeatures: test.features, testLabels: test.labels },
    };
    const { scores, neighborsLeftOut } = await evaluateFeatures({ ...sets, seed: 5, neighbors: [84, 20, 3] });
    expect(neighborsLeftOut).toEqual([84]);
    const linear = await linearProbe({ ...sets, seed: 5 });
    expect(scores).toMatchObject([
      { protocol: 'linear', accuracy: linear.accuracy, predictions: linear.predictions },
      { protocol: 'knn', k: 20, ...(await kNearestNeighbors({ ...sets, k: 20 })) },
      { protocol: 'knn', k: 3, ...(await kNearestNeighbors({ ...sets, k: 3 })) },
    ]);
    expect(linear.top5Accuracy).toBeGreaterThan(linear.accuracy);
    expect((await evaluateFeatures({ ...sets, protocols: ['knn'] })).scores.map(({ k }) => k)).toEqual([10, 20]);
  });
});
