import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { heldOutSplit } from './held-out-split';

describe('heldOutSplit', () => {
  it('is disjoint, complete, and takes the stated share of every class', () => {
    const labels = Array.from({ length: 101 }, (_, row) => (row < 13 ? 0 : row < 17 ? 1 : 2)); // 13, 4 and 84 rows
    const { fitted, heldOut } = heldOutSplit(labels, 0.25, createRng(1));
    expect([...fitted, ...heldOut].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
    expect([0, 1, 2].map((label) => heldOut.filter((row) => labels[row] === label).length)).toEqual([3, 1, 21]);
    expect(heldOutSplit(labels, 0.25, createRng(1))).toEqual({ fitted, heldOut });
    expect(heldOutSplit(labels, 0.25, createRng(2)).heldOut).not.toEqual(heldOut);
  });

  it('takes at least one row of every class where asked to, and otherwise the same', () => {
    const labels = [4, 7, 4, 7, ...new Array(11).fill(9)];
    const split = (least?: number) => heldOutSplit(labels, 0.2, createRng(3), { least });
    const labelsOf = (rows: Int32Array) => Array.from(rows, (row) => labels[row]!).sort();
    expect(labelsOf(split().heldOut)).toEqual([9, 9]);
    expect(labelsOf(split(1).heldOut)).toEqual([4, 7, 9, 9]);
    expect([...split(1).heldOut]).toEqual(expect.arrayContaining([...split().heldOut]));
  });
});
