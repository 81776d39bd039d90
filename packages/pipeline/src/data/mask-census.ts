// Which part ids occur in masks, and how much of the images they cover.

import type { ImageSize } from '@semmae/core';
import type { RawLabels } from '@semmae/data';

import type { MaskDescription } from './data-description';

export interface MaskCensus {
  /** `image` is the size of the upright image where it is known. */
  add(id: string, mask: RawLabels, image: ImageSize | undefined): void;
  addWithout(): void;
  addUnreadable(): void;
  /** Undefined where no image has a mask that can be read. */
  describe(): MaskDescription | undefined;
}

const mostExamples = 10;

export function maskCensus(partNames: readonly string[] = [], ignoreLabel?: number): MaskCensus {
  const [pixels, masks]: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
  const disagree = { count: 0, examples: [] as string[] };
  let [images, without, unreadable] = [0, 0, 0];
  return {
    add(name, { height, width, ids }, image) {
      images++;
      const counts = new Map<number, number>();
      for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
      for (const [id, count] of counts) {
        pixels.set(id, (pixels.get(id) ?? 0) + count);
        masks.set(id, (masks.get(id) ?? 0) + 1);
      }
      if (image === undefined || (image.height === height && image.width === width)) return;
      if (disagree.count++ >= mostExamples) return;
      disagree.examples.push(`${name}: mask ${height}x${width}, image ${image.height}x${image.width}`);
    },
    addWithout() {
      without++;
    },
    addUnreadable() {
      unreadable++;
    },
    describe() {
      if (images + unreadable === 0) return undefined;
      const all = [...pixels.values()].reduce((sum, count) => sum + count, 0);
      const countOf = (id: number | undefined) => (id === undefined ? 0 : (pixels.get(id) ?? 0));
      const ids = [...pixels].sort(([a], [b]) => a - b);
      return {
        ...{ images, unreadable, without, sizesThatDisagree: disagree },
        ids: ids.map(([id, count]) => ({
          id,
          ...(partNames[id - 1] !== undefined && { name: partNames[id - 1]! }),
          images: masks.get(id)!,
          share: count / all,
        })),
        labeledShare: images === 0 ? 0 : 1 - (countOf(0) + countOf(ignoreLabel || undefined)) / all,
      };
    },
  };
}
