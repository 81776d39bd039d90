import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { objectClasses } from './object-classes';
import { type PartDataset, type PartImage, type PartSplit, partDataset } from './part-dataset';
import { partId } from './part-kinds';

const splits: PartSplit[] = ['pretrain', 'probe-train', 'probe-test'];

describe('partDataset', () => {
  it('draws the same images for the same seed, in any order of use', async () => {
    const forwards = await readAll(partDataset({ seed: 7, count: 20 }));
    const again = partDataset({ seed: 7, count: 23 });
    for (let index = 19; index >= 0; index--) expect(await again.get(index)).toEqual(forwards[index]);
  });

  it('draws the pictures it has always drawn', async () => {
    // Golden values of this implementation: a change here changes every published result on this data set.
    const { pixels, parts } = await partDataset({ seed: 1, count: 4 }).get(3);
    expect(hash(pixels).slice(0, 12)).toBe('2e8420aa54fd');
    expect(hash(parts).slice(0, 12)).toBe('ee9a38c0546e');
  });

  it('never draws an image twice, within a split, across splits or across seeds', async () => {
    const hashes: string[] = [];
    for (const seed of [1, 2]) {
      for (const split of splits) {
        const images = await readAll(partDataset({ seed, count: 64, height: 32, width: 32, split }));
        hashes.push(...images.map(({ pixels }) => hash(pixels)));
      }
    }
    expect(new Set(hashes).size).toBe(2 * 3 * 64);
  });

  it('balances the classes', async () => {
    const images = await readAll(partDataset({ seed: 3, count: 35, classCount: 7, height: 16, width: 16 }));
    const counts = Array.from({ length: 7 }, (_, label) => images.filter((image) => image.label === label).length);
    expect(counts).toEqual([5, 5, 5, 5, 5, 5, 5]);
  });

  it('shows every part of its class and no other', async () => {
    const dataset = partDataset({ seed: 4, count: 80 });
    for (const { label, parts } of await readAll(dataset)) {
      const expected = new Set(objectClasses[label!]!.parts.map(({ part }) => partId(part)));
      expect(new Set(parts)).toEqual(new Set([0, ...expected]));
    }
    expect(dataset.partNames).toHaveLength(6);
  });

  it('fills a tenth to a quarter of the image', async () => {
    for (const { parts } of await readAll(partDataset({ seed: 5, count: 160 }))) {
      const share = parts.reduce((sum, part) => sum + Number(part > 0), 0) / parts.length;
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.26);
    }
  });

  it('shows the two classes of a pair with the same parts in about the same sizes', async () => {
    const images = await readAll(partDataset({ seed: 6, count: 8 * 60 }));
    for (let label = 0; label < 8; label += 2) {
      const [one, other] = [meanAreas(images, label), meanAreas(images, label + 1)];
      // 3 % of the image: the spread of poses (jitter 12 % of parts that cover at most 16 %) is of that size
      for (let id = 1; id <= 6; id++) expect(Math.abs(one[id]! - other[id]!)).toBeLessThan(0.03);
    }
  });

  it('gives no class of a pair away by its mean color', async () => {
    const images = await readAll(partDataset({ seed: 8, count: 8 * 100, height: 32, width: 32 }));
    const meanOf = (label: number) =>
      mean(images.filter((image) => image.label === label).map(({ pixels }) => mean(pixels)));
    // Kinds have tones, so pairs differ; an image's mean has a deviation of about 13, so 4 standard errors of a difference are 8
    for (let label = 0; label < 8; label += 2) expect(Math.abs(meanOf(label) - meanOf(label + 1))).toBeLessThan(8);
  });

  it('draws rectangles whose two sides differ', async () => {
    const image = await partDataset({ seed: 9, count: 1, height: 47, width: 83 }).get(0);
    expect(image.pixels).toHaveLength(47 * 83 * 3);
    expect(image.parts).toHaveLength(47 * 83);
    expect(new Set(image.parts)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('marks a part where its pixels are: colors change at the borders of the map more than inside', async () => {
    let [borderSum, borders, innerSum, inner] = [0, 0, 0, 0];
    for (const { pixels, parts, width } of await readAll(partDataset({ seed: 10, count: 16 }))) {
      for (let pixel = 0; pixel + 1 < parts.length; pixel++) {
        if (pixel % width === width - 1) continue;
        const step = [0, 1, 2].reduce(
          (sum, c) => sum + Math.abs(pixels[3 * pixel + c]! - pixels[3 * pixel + 3 + c]!),
          0,
        );
        if (parts[pixel] !== parts[pixel + 1]) [borderSum, borders] = [borderSum + step, borders + 1];
        else [innerSum, inner] = [innerSum + step, inner + 1];
      }
    }
    expect(borderSum / borders).toBeGreaterThan(2 * (innerSum / inner));
  });

  it('keeps images within the cache budget and draws the rest anew, alike', async () => {
    const none = partDataset({ seed: 11, count: 2, cacheBytes: 0 });
    const [first, second] = [await none.get(1), await none.get(1)];
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    const cached = partDataset({ seed: 11, count: 2 });
    expect(await cached.get(1)).toBe(await cached.get(1));
  });

  it('refuses what it cannot draw, in one line', async () => {
    expect(() => partDataset({ seed: 1, count: 8, classCount: 9 })).toThrow(
      'partDataset: classCount must be between 2 and 8, got 9',
    );
    expect(() => partDataset({ seed: 1, count: 8, height: 8 })).toThrow('height must be an integer of at least 16');
    await expect(partDataset({ seed: 1, count: 8 }).get(8)).rejects.toThrow('index must be an integer in 0..7, got 8');
  });
});

function readAll(dataset: PartDataset): Promise<PartImage[]> {
  return Promise.all(Array.from({ length: dataset.length }, (_, index) => dataset.get(index)));
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean share of the image by part id. */
function meanAreas(images: PartImage[], label: number): number[] {
  const ofClass = images.filter((image) => image.label === label);
  return Array.from({ length: 7 }, (_, id) =>
    mean(ofClass.map(({ parts }) => parts.reduce((sum, part) => sum + Number(part === id), 0) / parts.length)),
  );
}
