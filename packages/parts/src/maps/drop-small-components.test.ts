import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { dropSmallComponents } from './drop-small-components';

function drop(lines: string[], least?: number): string[] {
  const grid = createPatchGrid(lines.length, lines[0]!.length);
  const result = dropSmallComponents(Uint8Array.from(lines.join('')), grid, least);
  return lines.map((line, row) => result.slice(row * line.length, (row + 1) * line.length).join(''));
}

describe('dropSmallComponents', () => {
  it('fills specks of one and two patches, and keeps three', () => {
    expect(drop(['00000', '01022', '00002', '33000', '00000'])).toEqual(['00000', '00022', '00002', '00000', '00000']);
    expect(drop(['00000', '01022', '00002', '33000', '00000'], 4)).toEqual([
      '00000',
      '00000',
      '00000',
      '00000',
      '00000',
    ]);
  });

  it('counts sides, not corners, and takes the label with the longest border', () => {
    // the two 2s touch at a corner only; the first has three 1s beside it, the second three 0s
    expect(drop(['11110', '11210', '11020', '11000', '11000'])).toEqual(['11110', '11110', '11000', '11000', '11000']);
    // two of each: the lowest
    expect(drop(['11110', '11200', '11000'])).toEqual(['11110', '11000', '11000']);
  });

  it('fills a speck within a speck from outside', () => {
    expect(drop(['0000000', '0012100', '0000000'], 3)).toEqual(['0000000', '0000000', '0000000']);
  });

  it('leaves a map of nothing but specks, and all maps at 1', () => {
    expect(drop(['0101', '1010', '0101'])).toEqual(['0101', '1010', '0101']);
    expect(drop(['0010', '0000'], 1)).toEqual(['0010', '0000']);
  });

  it('leaves nothing smaller than it should where something larger exists', () => {
    const grid = createPatchGrid(13, 17);
    const rng = createRng(1);
    const labels = Uint8Array.from({ length: grid.patchCount }, () => (rng.uniform() < 0.7 ? 1 : rng.integer(4)));
    const once = dropSmallComponents(labels, grid);
    expect(dropSmallComponents(once, grid)).toEqual(once);
    expect(once).not.toEqual(labels);
  });

  it('refuses another grid', () => {
    expect(() => dropSmallComponents(new Uint8Array(5), createPatchGrid(2, 3))).toThrow(
      'labels must hold 6 values, got 5',
    );
  });
});
