// The built-in data set: procedural objects made of textured parts, with a class and exact part maps.

import { assertInteger, assertOneOf, assertRange, createRng } from '@semmae/core';

import { assertIndex } from '../assert-index';
import { contentFingerprint } from '../content-fingerprint';
import { imageCache } from '../image-cache';
import type { ImageDataset, LabeledImage } from '../image-dataset';
import { leftOut } from '../sources/left-out';
import { drawPartImage } from './draw-part-image';
import { objectClasses } from './object-classes';
import { partKinds } from './part-kinds';

export type PartSplit = 'pretrain' | 'probe-train' | 'probe-test';

export interface PartDatasetOptions {
  seed: number;
  /** Number of images. A larger set starts with the images of a smaller one. */
  count: number;
  /** Image size in pixels, at least 16 each. Default 64. */
  height?: number;
  width?: number;
  /** Splits of one seed share no image: each draws from its own random streams. Default 'pretrain'. */
  split?: PartSplit;
  /** Number of classes, 2 up to the size of the table. Default 8. */
  classCount?: number;
  /** Images are kept in memory up to this many bytes, then drawn anew on each use. Default 1 GiB. */
  cacheBytes?: number;
}

/** An image of the built-in set, with everything that is known about it. */
export interface PartImage extends LabeledImage {
  /** RGB in 0..255, [H, W, 3]. */
  pixels: Uint8Array;
  parts: Uint8Array;
  label: number;
}

export interface PartDataset extends ImageDataset {
  readonly classNames: readonly string[];
  readonly partNames: readonly string[];
  get(index: number): Promise<PartImage>;
}

const splits: readonly PartSplit[] = ['pretrain', 'probe-train', 'probe-test'];
const smallestSide = 16;

/**
 * `count` images of `classCount` classes, label = index modulo `classCount`, the same for the same options on every machine.
 *
 * Colors, background, position, scale, turn and mirroring are drawn without regard to the class; only which parts an
 * object has and how they are put together tells classes apart.
 */
export function partDataset(options: PartDatasetOptions): PartDataset {
  const { seed, count, height = 64, width = 64, split = 'pretrain', classCount = 8, cacheBytes = 2 ** 30 } = options;
  assertInteger('partDataset', 'count', count);
  assertInteger('partDataset', 'height', height, { least: smallestSide });
  assertInteger('partDataset', 'width', width, { least: smallestSide });
  assertInteger('partDataset', 'classCount', classCount, { least: 2 });
  assertRange('partDataset', 'classCount', classCount, 2, objectClasses.length);
  assertOneOf('partDataset', 'split', split, splits);
  const rng = createRng(seed);
  const cache = imageCache<PartImage>({ budgetBytes: cacheBytes });

  function idAt(index: number): string {
    assertIndex('partDataset', index, count);
    return `${split}/${index}`;
  }
  function draw(index: number): PartImage {
    const label = index % classCount;
    const { pixels, parts } = drawPartImage(rng.split(split, index), objectClasses[label]!, { height, width });
    return { id: idAt(index), height, width, channels: 3, pixels, label, parts };
  }
  async function get(index: number): Promise<PartImage> {
    assertIndex('partDataset', index, count);
    return cache.fetch(index, () => draw(index));
  }

  return {
    name: `parts-${split}`,
    length: count,
    classNames: objectClasses.slice(0, classCount).map(({ name }) => name),
    partNames: partKinds.map(({ name }) => name),
    leftOut: leftOut(),
    form: { imageSize: { height, width } },
    get,
    idAt,
    labelAt(index) {
      assertIndex('partDataset', index, count);
      return index % classCount;
    },
    async sample(index) {
      const { pixels, parts, label } = await get(index);
      return { image: { height, width, channels: 3, pixels }, mask: { height, width, ids: parts }, label };
    },
    fingerprint: async (index) => contentFingerprint((await get(index)).pixels),
    leaveOut(image) {
      throw image; // a drawn image is always readable
    },
  };
}
