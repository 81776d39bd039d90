// Sizes and kinds of files, image by image.

import type { ImageFacts, ValueSpan } from '@semmae/data';

import type { DataDescription, FileKind, SideDescription } from './data-description';

export interface ImageCensus {
  add(facts: ImageFacts, values?: ValueSpan): void;
  describe(): Pick<DataDescription, 'sizes' | 'files' | 'turned'>;
}

export function imageCensus(): ImageCensus {
  const [heights, widths]: [number[], number[]] = [[], []];
  const sizes = new Set<string>();
  const files = new Map<string, FileKind>();
  const turned: Record<number, number> = {};
  return {
    add({ height, width, orientation, ...kind }, values) {
      heights.push(height);
      widths.push(width);
      sizes.add(`${height}x${width}`);
      const key = JSON.stringify(kind);
      const known: FileKind = files.get(key) ?? { ...kind, images: 0 };
      known.images++;
      if (values !== undefined) known.values = known.values === undefined ? values : widest(known.values, values);
      files.set(key, known);
      if (orientation !== 1) turned[orientation] = (turned[orientation] ?? 0) + 1;
    },
    describe: () => ({
      ...(heights.length > 0 && {
        sizes: { height: sideOf(heights), width: sideOf(widths), different: sizes.size },
      }),
      files: [...files.values()].sort((a, b) => b.images - a.images),
      turned,
    }),
  };
}

/** The median is a side that occurs: the lower one of two in the middle. */
function sideOf(values: readonly number[]): SideDescription {
  const sorted = Float64Array.from(values).sort();
  return { least: sorted[0]!, median: sorted[Math.floor((sorted.length - 1) / 2)]!, most: sorted.at(-1)! };
}

function widest(one: ValueSpan, other: ValueSpan): ValueSpan {
  return {
    least: Math.min(one.least, other.least),
    most: Math.max(one.most, other.most),
    notFinite: one.notFinite + other.notFinite,
  };
}
