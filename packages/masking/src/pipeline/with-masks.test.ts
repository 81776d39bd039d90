import '@tensorflow/tfjs-backend-cpu';

import { createPatchGrid, createRng } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';
import * as data from '@tensorflow/tfjs-data';
import { describe, expect, it } from 'vitest';
import type { MaskingStrategy } from '../masking-strategy';
import { randomMasking } from '../random-masking';
import { sampleBatch } from '../sample-batch';
import { gatherVisible, maskTensors } from '../tensor';
import { maskSampler } from './mask-sampler';
import { withMasks } from './with-masks';

const grid = createPatchGrid(3, 5);
const strategy = randomMasking({ maskRatio: 0.6 }); // 9 of 15
const contextOf = () => ({ grid, progress: 0.5 });

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

describe('withMasks', () => {
  it('adds masks that the keys decide, to arrays and to asynchronous sources alike', async () => {
    const batches: { paths: string[]; images: number }[] = [
      { paths: ['a', 'b', 'c'], images: 1 },
      { paths: ['d', 'e'], images: 2 },
    ];
    async function* reversed() {
      yield* [...batches].reverse();
    }
    const options = { seed: 7, epoch: 2, keysOf: ({ paths }: (typeof batches)[number]) => paths, contextOf };
    const masked = await collect(withMasks(batches, strategy, options));
    expect(masked.map(({ paths, images }) => ({ paths, images }))).toEqual(batches);
    const rng = createRng(7).split('mask', 2);
    for (const { paths, masks } of masked) {
      expect(masks).toEqual(sampleBatch(strategy, paths.map(contextOf), (image) => rng.split(paths[image]!)));
    }
    expect((await collect(withMasks(reversed(), strategy, options))).reverse()).toEqual(masked);
  });

  it('gives each image the context that is its own', async () => {
    const seen: number[] = [];
    const contexts: MaskingStrategy = {
      name: strategy.name,
      guidance: strategy.guidance,
      sample: (context, rng) => {
        seen.push(context.attention![0]!);
        return strategy.sample(context, rng);
      },
    };
    const contextOfImage = async (batch: { first: number }, image: number) => ({
      grid,
      progress: 0,
      attention: Float32Array.of(batch.first + image),
    });
    await collect(
      withMasks([{ first: 10 }, { first: 20 }], contexts, {
        seed: 1,
        keysOf: ({ first }) => [first, first + 1, first + 2],
        contextOf: contextOfImage,
      }),
    );
    expect(seen).toEqual([10, 11, 12, 20, 21, 22]);
  });

  it('ends its source when it is left early', async () => {
    let isOpen = true;
    async function* source() {
      try {
        for (let key = 0; ; key++) yield { key };
      } finally {
        isOpen = false;
      }
    }
    for await (const { masks } of withMasks(source(), strategy, { seed: 1, keysOf: ({ key }) => [key], contextOf })) {
      expect(masks.batchSize).toBe(1);
      break;
    }
    expect(isOpen).toBe(false);
  });

  it.each([
    [{ keysOf: () => [0.5] }, /withMasks: keysOf must give a string or an integer for each image, got 0.5; /],
    [{ epoch: -1 }, /withMasks: epoch must be an integer of at least 0, got -1/],
    [{ keysOf: () => [] }, /there must be at least one context, got none/],
  ])('refuses %o in one line', async (wrong, message) => {
    const masked = withMasks([{}], strategy, { seed: 1, keysOf: () => [1], contextOf, ...wrong });
    await expect(masked.next()).rejects.toThrow(message);
  });
});

it('masks the batches of a tf.data pipeline, shuffled or not', async () => {
  const tensorsBefore = tf.memory().numTensors;
  const sample = maskSampler(strategy, { seed: 7 });
  const images = data.array(
    Array.from({ length: 10 }, (_, index) => ({ index, tokens: Array.from({ length: 15 }, () => [index]) })),
  );
  const masked = (source: typeof images) =>
    source.batch(5).mapAsync(async (batch) => {
      const { index, tokens } = batch as { index: tf.Tensor1D; tokens: tf.Tensor3D };
      const keys = Array.from(await index.data());
      return { index, tokens, ...maskTensors(sample({ epoch: 0, keys, contexts: keys.map(contextOf) })) };
    });
  const maskOf = new Map<number, number[]>();
  for (const source of [images, images.shuffle(10, 'seed')]) {
    await masked(source as typeof images).forEachAsync((value) => {
      const batch = value as ReturnType<typeof maskTensors> & { index: tf.Tensor1D; tokens: tf.Tensor3D };
      const [indices, visible] = [batch.index.arraySync(), batch.visible.arraySync()];
      expect(tf.tidy(() => gatherVisible(batch.tokens, batch).arraySync())).toEqual(
        indices.map((index) => new Array(6).fill([index])),
      );
      indices.forEach((index, image) => {
        if (maskOf.has(index)) expect(visible[image]).toEqual(maskOf.get(index));
        maskOf.set(index, visible[image]!);
      });
    });
  }
  expect(maskOf.size).toBe(10);
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});
