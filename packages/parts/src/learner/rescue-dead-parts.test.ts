import '@tensorflow/tfjs-backend-cpu';
import { createPatchGrid, createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { plantedWorld } from '../__fixtures__/planted-parts';
import { partAttention } from '../attention/part-attention';
import { partLearner } from './part-learner';
import { rescueDeadParts } from './rescue-dead-parts';

const [channels, partCount, hiddenWidth] = [11, 5, 3];
const usage = [0.3, 0.005, 0.5, 0.19, 0.005];

function create() {
  return partAttention({ channels, partCount, hiddenWidth, gateBias: true }, createRng(1));
}

/** The gates of one part: W_c1 [C, h], W_c2 [h, C] and b [C], each flat. */
function gatesOf({ gates }: ReturnType<typeof create>, part: number): number[][] {
  return tf.tidy(() => [
    Array.from(tf.slice(gates.input, [0, part * hiddenWidth], [channels, hiddenWidth]).dataSync()),
    Array.from(tf.slice(gates.output, [part, 0, 0], [1, hiddenWidth, channels]).dataSync()),
    Array.from(tf.slice(gates.bias!, [part, 0], [1, channels]).dataSync()),
  ]);
}

describe('rescueDeadParts', () => {
  it('gives dead parts the gates of the most used one plus noise, and leaves the others', async () => {
    const learner = create();
    const before = [0, 1, 2, 3, 4].map((part) => gatesOf(learner, part));
    const tensors = tf.memory().numTensors;
    expect(await rescueDeadParts({ learner, usage, rng: createRng(2), noise: 0.1 })).toEqual([2, 5]);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const alive of [0, 2, 3]) expect(gatesOf(learner, alive)).toEqual(before[alive]);
    for (const rescued of [1, 4]) {
      gatesOf(learner, rescued).forEach((values, which) => {
        const source = before[2]![which]!;
        const spread = Math.sqrt(source.reduce((sum, value) => sum + value ** 2, 0) / source.length);
        const distance = Math.sqrt(
          values.reduce((sum, value, i) => sum + (value - source[i]!) ** 2, 0) / values.length,
        );
        // 11 to 33 normal draws of deviation 0.1 around a source whose mean is nearly 0; the bias is 0 and stays so
        expect(distance).toBeLessThan(0.2 * spread + 1e-12);
        if (which < 2) expect(distance).toBeGreaterThan(0.05 * spread);
      });
    }
    expect(gatesOf(learner, 1)).not.toEqual(gatesOf(learner, 4));
    learner.dispose();
  });

  it('depends on its stream only, and takes counts as well as shares', async () => {
    const results = await Promise.all(
      [usage, usage.map((share) => 1000 * share)].map(async (counts) => {
        const learner = create();
        const rng = createRng(3);
        await rescueDeadParts({ learner, usage: counts, rng });
        const values = gatesOf(learner, 1);
        learner.dispose();
        return values;
      }),
    );
    expect(results[1]).toEqual(results[0]);
  });

  it('lets the rescued part share the patches of the most used one', async () => {
    const grid = createPatchGrid(8, 7);
    const { batch } = plantedWorld(grid, 16, 3, 2).draw(20, createRng(1));
    const learner = partLearner({ channels: 16, grid, partCount: 3, decoder: { upStages: 0, channels: [4] }, seed: 1 });
    const usageNow = () => tf.tidy(() => Array.from(learner.usage(batch.classToken, batch.patchTokens).dataSync()));
    const before = usageNow();
    const source = before.indexOf(Math.max(...before));
    const dead = (source + 1) % 3;
    const judged = before.map((share, part) => (part === dead ? 0 : share));
    expect(await rescueDeadParts({ learner, usage: judged, rng: createRng(4) })).toEqual([dead + 1]);
    const after = usageNow();
    // two of three parts that look for the same thing, told apart by noise
    expect(after[dead]).toBeGreaterThan(0.1);
    expect(after[source]).toBeGreaterThan(0.1);
    tf.dispose(batch);
    learner.dispose();
  });

  it('touches nothing when all parts live', async () => {
    const learner = create();
    const before = gatesOf(learner, 1);
    expect(await rescueDeadParts({ learner, usage, rng: createRng(1), threshold: 0.004 })).toEqual([]);
    expect(gatesOf(learner, 1)).toEqual(before);
    learner.dispose();
  });

  it('refuses usage it cannot judge by', async () => {
    const learner = create();
    const rescue = (options: object) => rescueDeadParts({ learner, usage, rng: createRng(1), ...options });
    await expect(rescue({ usage: [1, 0] })).rejects.toThrow('usage must hold 5 values, got 2');
    await expect(rescue({ usage: [0, 0, 0, 0, 0] })).rejects.toThrow('positive sum');
    await expect(rescue({ usage: [1, 1, Number.NaN, 1, 1] })).rejects.toThrow('positive sum');
    await expect(rescue({ threshold: 0.2 })).rejects.toThrow('threshold must be between');
    learner.dispose();
  });
});
