import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pixelAt } from '../__fixtures__/test-picture';
import { mappedColor } from './color-map';
import { maskFrequencies, maskFrequencyPicture } from './mask-frequency-picture';

const grid = createPatchGrid(2, 3);
const draws = [Int32Array.of(0, 1), Int32Array.of(0, 4), Int32Array.of(0, 1), Int32Array.of(0, 5)];

describe('maskFrequencyPicture', () => {
  it('counts how often each patch is hidden', () => {
    expect(Array.from(maskFrequencies(grid, draws))).toEqual([1, 0.5, 0, 0, 0.25, 0.25]);
  });

  it('draws on the scale 0..1 whatever the counts are', () => {
    const picture = maskFrequencyPicture({ height: 10, width: 21, grid, draws: draws.map((draw) => draw.subarray(1)) });
    expect(pixelAt(picture, 0, 0)).toEqual([...mappedColor(0, 'viridis')]);
    expect(pixelAt(picture, 0, 7)).toEqual([...mappedColor(0.5, 'viridis')]);
  });

  it('needs a draw', () => {
    expect(() => maskFrequencies(grid, [])).toThrow(/at least one mask, got none/);
  });
});
