// What a data set holds and what was left out of it, for people.

import type { ImageDataset } from '@semmae/data';

/** `photos: 398 images in 12 classes; left out: 1 truncated, 2 hidden folders`; `unreadable` of its images proved to be so. */
export function dataSummary({ name, length, classNames, leftOut }: ImageDataset, unreadable = 0): string {
  const count = length - unreadable;
  const images = `${name}: ${count} image${count === 1 ? '' : 's'}`;
  const classes =
    classNames === undefined ? '' : ` in ${classNames.length} class${classNames.length === 1 ? '' : 'es'}`;
  return `${images}${classes}${leftOut.total === 0 ? '' : `; left out: ${leftOut.summary()}`}`;
}

/** A line for everything that was left out, as far as paths are kept. */
export function leftOutLines({ leftOut }: ImageDataset): string[] {
  const counts = new Map(leftOut.counts());
  const lines = leftOut.entries().map(({ kind, path, reason }) => {
    counts.set(kind, counts.get(kind)! - 1);
    return `left out ${path}: ${kind}${reason === undefined ? '' : `, ${reason}`}`;
  });
  const more = [...counts].filter(([, count]) => count > 0).map(([kind, count]) => `left out ${count} more: ${kind}`);
  return [...lines, ...more];
}
