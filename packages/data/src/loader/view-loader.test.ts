import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { createRng } from '@semmae/core';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';

import { imageDataset } from '../image-dataset-of';
import { arraySource } from '../sources/array-source';
import type { ImageSample } from '../sources/image-source';
import { shrinkFactor } from './shrink-factor';
import { type ViewLoaderOptions, viewLoader } from './view-loader';

const rng = createRng(11);
const onWarning = (message: string) => expect.unreachable(message);
const recipe = { globalSize: 13, globalCount: 1, globalScale: [0.3, 1] as const, localSize: 7, localCount: 2 };

/** Smooth pictures with some noise, of different sizes. */
function pictureOf(index: number, height = 20 + (index % 7), width = 23 + (index % 5)) {
  const draw = createRng(index);
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    const wave = Math.sin((4 * x * (1 + (at % 3))) / width + index) + Math.cos((3 * y) / height);
    return 128 + 55 * wave + draw.integer(9);
  });
  return { height, width, channels: 3, pixels };
}
async function jpegOf(index: number, ...size: [number?, number?]): Promise<ImageSample> {
  const { pixels, ...raw } = pictureOf(index, ...size);
  return {
    image: new Uint8Array(
      await sharp(pixels, { raw: raw as never })
        .jpeg({ quality: 90 })
        .toBuffer(),
    ),
  };
}

const count = 90; // more than are read before threads start
let samples: ImageSample[];
beforeAll(async () => {
  samples = await Promise.all(
    Array.from({ length: count }, (_, index) => (index % 3 === 0 ? { image: pictureOf(index) } : jpegOf(index))),
  );
});

function open(options: Partial<ViewLoaderOptions> = {}) {
  const data = imageDataset(arraySource(samples));
  return viewLoader({ data, recipe, batchSize: 15, rng, onWarning, ...options });
}

describe('viewLoader', () => {
  it('gives the same batches whatever the number of threads, the cache and what was asked before', async () => {
    const one = open({ workers: 0, cacheBytes: 0, prefetch: 0 });
    const expected = [];
    for (const epoch of [0, 1]) for (let batch = 0; batch < 6; batch++) expected.push(await one.batch(epoch, batch));
    expect(expected[0]!.globals.length).toBe(15 * 13 * 13 * 3);
    expect(expected[0]!.locals.length).toBe(2 * 15 * 7 * 7 * 3);
    expect(new Set(expected.flatMap(({ images }) => images.map(({ image }) => image.id))).size).toBe(count);
    for (const options of [{ workers: 1 }, { workers: 2, cacheBytes: 0, prefetch: 3 }]) {
      const other = open(options);
      for (const [place, batch] of expected.entries()) {
        expect(await other.batch(Math.floor(place / 6), place % 6)).toEqual(batch);
      }
      await other.close();
    }
    const resumed = open({ workers: 0 });
    expect(await resumed.batch(1, 3)).toEqual(expected[9]);
    expect(await resumed.batch(0, 5)).toEqual(expected[5]);
    await Promise.all([one.close(), resumed.close()]);
  });

  it('reads no further ahead than it is told', async () => {
    const source = arraySource(samples);
    let reads = 0;
    const counting = { ...source, read: (index: number) => source.read(index).finally(() => reads++) };
    const loader = open({ data: imageDataset(counting), workers: 0, prefetch: 1, cacheBytes: 0 });
    await loader.batch(0, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(reads).toBe(30);
    await loader.batch(0, 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(reads).toBe(45);
    await loader.close();
  });

  it('takes the next image in the stead of one that cannot be read, and counts it once', async () => {
    const torn = samples.map((sample, index) =>
      index === 1 || index === 2 ? { image: (sample.image as Uint8Array).subarray(0, 99) } : sample,
    );
    const data = imageDataset(arraySource(torn));
    const loader = open({ data, workers: 0 });
    const seen: number[] = [];
    for (let batch = 0; batch < 6; batch++)
      seen.push(...(await loader.batch(0, batch)).images.map(({ index }) => index));
    expect(seen.filter((index) => index === 3).length).toBe(3); // its own turn, and those of 1 and 2
    for (let batch = 0; batch < 6; batch++) await loader.batch(1, batch);
    expect(data.leftOut.total).toBe(2);
    await loader.close();
    const strict = open({
      data: imageDataset(arraySource(torn), {}, { unreadable: 'fail' }),
      workers: 0,
      batchSize: count,
    });
    await expect(strict.batch(0, 0)).rejects.toThrow(/array: every image must be readable, got [12]: /);
    await strict.close();
  });

  it('ends what waits when it is closed', async () => {
    const loader = open({ workers: 1 });
    const waiting = loader.batch(0, 0);
    const closed = loader.close();
    await expect(waiting).rejects.toMatchObject({ name: 'LoaderClosed' });
    await closed;
  });

  it('says what does not fit', async () => {
    expect(() => open({ batchSize: count + 1 })).toThrow(
      `viewLoader: batchesPerEpoch must be an integer of at least 1, got 0; a batch of ${count + 1} needs as many images`,
    );
    expect(() => open({ batchesPerEpoch: 7 })).toThrow(
      'viewLoader: an epoch of 7 batches of 15 must have as many images, got 90',
    );
    const loader = open({ workers: 0 });
    await expect(loader.batch(0, 6)).rejects.toThrow('viewLoader: batch must be between 0 and 5, got 6');
    await loader.close();
  });
});

describe('large JPEGs', () => {
  const large = { height: 420, width: 570 };
  const crops = { ...recipe, globalSize: 31, globalScale: [0.3, 1] as const, localCount: 0, jitter: false as const };
  const plain = { ...crops, grayscale: false as const, blur: false as const, solarize: false as const };

  it('are shrunk only as far as the smallest crop bears', () => {
    expect(shrinkFactor(large, plain)).toBe(5); // sqrt(420 * 570 * 0.3 * 3 / 4) = 232, 7 times 31
    expect(shrinkFactor({ height: 210, width: 285 }, plain)).toBe(3);
    expect(shrinkFactor({ height: 90, width: 1200 }, plain)).toBe(1); // 90 is not 3 times 31
    expect(shrinkFactor(large, { ...plain, globalScale: 'whole' })).toBe(9);
  });

  it('give nearly what they give at full size, cached or not', async () => {
    const data = imageDataset(arraySource(await Promise.all([1, 2, 3, 4].map((index) => jpegOf(index, 420, 570)))));
    const read = async (options: Partial<ViewLoaderOptions>) => {
      const loader = open({ data, batchSize: 4, recipe: plain, workers: 0, ...options });
      const batches = [await loader.batch(0, 0), await loader.batch(1, 0), await loader.batch(2, 0)];
      await loader.close();
      return batches;
    };
    const shrunk = await read({});
    expect(await read({ cacheBytes: 0 })).toEqual(shrunk);
    const exact = await read({ exact: true });
    expect(await read({ exact: true, cacheBytes: 0 })).toEqual(exact);
    for (const [place, batch] of exact.entries()) {
      expect(batch.images).toEqual(shrunk[place]!.images);
      const differences = batch.globals.map((value, at) => Math.abs(value - shrunk[place]!.globals[at]!));
      // a level is 0.017: less than one on the mean, for the noise, of which the two filters leave more or less, and for rounding
      expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(0.017);
      expect(Math.max(...differences)).toBeGreaterThan(0);
      expect(Math.max(...differences)).toBeLessThan(0.07);
    }
  });
});

it('holds no more memory after 40 sizes of images and many batches', async () => {
  const many = arraySource(
    Array.from({ length: 40 }, (_, index) => ({ image: pictureOf(index, 40 + 3 * index, 160 - 2 * index) })),
  );
  const loader = open({ data: imageDataset(many), batchSize: 20, workers: 0, cacheBytes: 0 });
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = async (epochs: number, first: number) => {
    for (let epoch = first; epoch < first + epochs; epoch++)
      for (const batch of [0, 1]) await loader.batch(epoch, batch);
    for (let time = 0; time < 2; time++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 200)); // for what is begun, and for the sweeper of arrays
    }
    return process.memoryUsage().arrayBuffers;
  };
  const before = await held(3, 0);
  expect((await held(20, 3)) - before).toBeLessThan(2 ** 20); // of 1.5 MB, the two batches that are begun ahead
  await loader.close();
}, 60_000);
