import { describe, expect, it } from 'vitest';

import type { ImageDataset } from '../image-dataset';
import { partDataset } from '../part-images/part-dataset';
import { splitByIndex } from './split-by-index';
import { subset } from './subset';

const dataset = partDataset({ seed: 1, count: 88, height: 16, width: 16 });

describe('subset', () => {
  it('is the chosen images in the chosen order', async () => {
    const few = subset(dataset, [7, 3, 80]);
    expect([few.length, few.classNames, few.idAt(2)]).toEqual([3, dataset.classNames, 'pretrain/80']);
    for (const [place, index] of [7, 3, 80].entries()) {
      expect(await few.get(place)).toBe(await dataset.get(index));
      expect(await few.fingerprint(place)).toBe(await dataset.fingerprint(index));
    }
    expect(await few.fingerprint(0)).toMatch(/^[0-9a-f]{64}$/);
    expect(await few.fingerprint(0)).not.toBe(await few.fingerprint(1));
  });

  it('keeps shards of which images are chosen, unless their order is another', () => {
    const sharded = { ...dataset, shardStarts: [0, 11, 24, 53] };
    expect(subset(sharded, [2, 3, 24, 31, 87]).shardStarts).toEqual([0, 2, 4]);
    expect(subset(sharded, [17, 12, 23]).shardStarts).toEqual([0]);
    expect(subset(sharded, [2, 31, 3]).shardStarts).toBeUndefined();
    expect(subset(dataset, [2, 3]).shardStarts).toBeUndefined();
    const { train, heldOut } = splitByIndex(sharded, { heldOut: 7 });
    for (const part of [train, heldOut]) {
      const starts = Array.from(part.shardStarts!, (place) => Number(part.idAt(place).split('/')[1]));
      expect(starts).toHaveLength(4);
      for (const [shard, first] of starts.entries()) expect(first).toBeGreaterThanOrEqual(sharded.shardStarts[shard]!);
      for (const [shard, first] of starts.entries()) expect(first).toBeLessThan(sharded.shardStarts[shard + 1] ?? 88);
    }
  });

  it('refuses indices that are not there or there twice', async () => {
    expect(() => subset(dataset, [88])).toThrow('subset: index must be an integer in 0..87, got 88');
    expect(() => subset(dataset, [1, 2, 1])).toThrow('subset: indices must be distinct');
    expect(() => subset(dataset, [])).toThrow('the number of indices must be an integer of at least 1');
    await expect(subset(dataset, [5]).get(1)).rejects.toThrow('index must be an integer in 0..0, got 1');
  });
});

describe('splitByIndex', () => {
  const ids = (part: ImageDataset) => Array.from({ length: part.length }, (_, index) => part.idAt(index));
  const numbers = (part: ImageDataset) => ids(part).map((id) => Number(id.split('/')[1]));

  it('parts the images into two, one held out of every stretch', () => {
    for (const heldOutCount of [1, 11, 13, 87]) {
      const { train, heldOut } = splitByIndex(dataset, { heldOut: heldOutCount });
      expect([...numbers(train), ...numbers(heldOut)].sort((a, b) => a - b)).toEqual([...Array(88).keys()]);
      expect(heldOut.length).toBe(heldOutCount);
      for (const [stretch, index] of numbers(heldOut).entries()) {
        expect(Math.floor((stretch * 88) / heldOutCount)).toBeLessThanOrEqual(index);
        expect(index).toBeLessThan(Math.floor(((stretch + 1) * 88) / heldOutCount));
      }
      expect(numbers(train)).toEqual(numbers(train).sort((a, b) => a - b));
    }
  });

  it('holds the same images out every time, and not one class of labels that take turns', async () => {
    const { heldOut } = splitByIndex(dataset, { heldOut: 11 }); // stretches of 8 images, and 8 classes in turn
    expect(numbers(heldOut)).toEqual(numbers(splitByIndex(dataset, { heldOut: 11 }).heldOut));
    expect(new Set(numbers(heldOut).map((index) => index % 8)).size).toBeGreaterThan(3);
    // fixed for all time: a change here changes what every earlier run has trained on
    expect(numbers(heldOut)).toEqual([3, 15, 16, 31, 33, 45, 52, 60, 70, 73, 84]);
  });

  it('leaves something to train on', () => {
    expect(() => splitByIndex(dataset, { heldOut: 88 })).toThrow(
      '`heldOut`: must leave an image to train on: at most 87 of the 88 of',
    );
  });
});
