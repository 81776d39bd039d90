// Labeled rows put aside to choose settings by or to judge on, class by class.

import type { Rng } from '@semmae/core';

export interface HeldOutSplit {
  /** Row numbers, ascending. */
  fitted: Int32Array;
  heldOut: Int32Array;
}

/**
 * Puts aside floor(fraction · n_c) rows of each class c, but at least `least` (default 0) and never all, drawn by `rng`. Disjoint and
 * complete. With `least` 1 a class of two rows has one on either side.
 */
export function heldOutSplit(
  labels: ArrayLike<number>,
  fraction: number,
  rng: Rng,
  { least = 0 }: { least?: number } = {},
): HeldOutSplit {
  const rowsByClass = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const rows = rowsByClass.get(labels[row]!);
    if (rows === undefined) rowsByClass.set(labels[row]!, [row]);
    else rows.push(row);
  }
  const heldOut: number[] = [];
  const fitted: number[] = [];
  for (const [label, rows] of rowsByClass) {
    const cut = Math.min(Math.max(least, Math.floor(fraction * rows.length)), rows.length - 1);
    const order = rng.split('held-out', label).shuffle([...rows]);
    heldOut.push(...order.slice(0, cut));
    fitted.push(...order.slice(cut));
  }
  return { fitted: Int32Array.from(fitted).sort(), heldOut: Int32Array.from(heldOut).sort() };
}
