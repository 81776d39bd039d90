import { describe, expect, it } from 'vitest';

import type { ImageDatasetOptions } from './decoding-dataset';
import { imageDataset } from './image-dataset-of';
import { partDataset } from './part-images/part-dataset';
import { nextReadable, readableBatches, readableSubset } from './readable-images';
import { subset } from './selection/subset';
import { arraySource } from './sources/array-source';

const count = 23;

/** Drawn images of which some are a file of nonsense. */
async function damaged(places: readonly number[], options: ImageDatasetOptions = { maxUnreadable: 1 }) {
  const drawn = partDataset({ seed: 1, count, height: 17, width: 19 });
  const samples = await Promise.all(Array.from({ length: count }, (_, index) => drawn.sample(index)));
  for (const index of places) samples[index] = { image: Uint8Array.of(1, 2, 3) };
  return imageDataset(arraySource(samples, { name: 'photos', classNames: drawn.classNames }), {}, options);
}

describe('nextReadable', () => {
  it('takes the next image that can be read, from the beginning again after the last', async () => {
    const data = await damaged([0, 4, 5, 6, 22]);
    const found = await Promise.all(
      [0, 3, 4, 5, 6, 7, 21, 22].map(async (index) => (await nextReadable(data, index)).index),
    );
    expect(found).toEqual([1, 3, 7, 7, 7, 7, 21, 1]);
    expect((await nextReadable(data, 4)).image).toEqual(await data.get(7));
    expect(data.leftOut.summary()).toBe('5 unrecognized'); // each once, however often it was asked for
    const few = subset(data, [4, 9, 5]);
    expect((await nextReadable(few, 2)).index).toBe(1); // the next one of the subset
  });

  it('says when nothing can be read', async () => {
    const data = await damaged([...Array(count).keys()]);
    await expect(nextReadable(data, 3)).rejects.toThrow('photos: at least one image must be readable, got none of 23');
    await expect(readableSubset(data)).rejects.toThrow('got none of 23');
  });
});

describe('readableBatches', () => {
  it('gives full batches of what can be read, and goes on in the middle with the same ones', async () => {
    const data = await damaged([1, 2, 9, 22]);
    const indices = async (start: number) => {
      const batches: number[][] = [];
      for await (const batch of readableBatches(data, { batchSize: 5, start })) {
        batches.push(batch.map(({ index }) => index));
        for (const { index, image } of batch) expect(image.id).toBe(data.idAt(index));
      }
      return batches;
    };
    const whole = await indices(0);
    expect(whole).toEqual([
      [0, 3, 4, 5, 6],
      [7, 8, 10, 11, 12],
      [13, 14, 15, 16, 17],
      [18, 19, 20, 21],
    ]);
    expect(await indices(13)).toEqual(whole.slice(2));
    expect(await indices(count)).toEqual([]);
    expect((await readableSubset(data)).length).toBe(19);
    const sound = await damaged([]);
    expect(await readableSubset(sound)).toBe(sound);
  });
});

describe('the policy for unreadable images', () => {
  const readAll = async (data: Awaited<ReturnType<typeof damaged>>) => {
    for await (const _ of readableBatches(data, { batchSize: 4 }));
  };

  it('lets one of any number pass, and no more than the share', async () => {
    await readAll(await damaged([7], { maxUnreadable: 0 }));
    await readAll(await damaged([7, 8])); // 2 of 23 are 8.7 %
    await readAll(await damaged([7, 8], {}));
    await expect(readAll(await damaged([7, 8, 9], {}))).rejects.toThrow(
      /^photos: at most 2 of 23 images may be unreadable, got 3, the last 9 \(.+\); repair or remove them, or raise/,
    );
  });

  it('says that settings are missing where files are sound', async () => {
    const image = { height: 1, width: 1, channels: 3, pixels: Float32Array.of(0.1, 0.2, 0.3) };
    const data = imageDataset(arraySource([{ image }, { image }, { image }]), {});
    await expect(readAll(data)).rejects.toThrow(/array: at most 1 of 3 .+`valueRange`.+; the files are sound: say how/);
  });

  it('stops at the first one on request, and names it', async () => {
    const data = await damaged([3], { unreadable: 'fail' });
    await expect(readAll(data)).rejects.toThrow(
      /^photos: every image must be readable, got 3: .+; repair or remove it/,
    );
    await expect(damaged([], { unreadable: 'ignore' as 'skip' })).rejects.toThrow(
      'unreadable must be one of skip, fail',
    );
    await expect(damaged([], { maxUnreadable: 1.5 })).rejects.toThrow('maxUnreadable must be between 0 and 1');
  });
});
