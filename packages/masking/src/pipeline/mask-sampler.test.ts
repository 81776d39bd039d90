import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { blockMasking } from '../blocks/block-masking';
import { ibotMasking } from '../ratios/ibot-masking';
import { maskSampler } from './mask-sampler';

const grid = createPatchGrid(7, 11);
const contexts = (count: number) => Array.from({ length: count }, () => ({ grid, progress: 0 }));

describe('maskSampler', () => {
  const sample = maskSampler(blockMasking({ maskedCount: 30, minimumBlock: 4 }), { seed: 2 });
  const rows = (keys: (string | number)[], epoch = 0) => {
    const { masked } = sample({ epoch, keys, contexts: contexts(keys.length) });
    return keys.map((_, image) => masked.slice(image * 30, (image + 1) * 30));
  };

  it('gives an image the same mask wherever it stands, and another one in another epoch', () => {
    const [a, b, c] = rows(['a', 'b', 3]);
    expect(rows([3, 'd', 'a'])).toEqual([c, rows(['d'])[0], a]);
    expect(rows(['b'])).toEqual([b]);
    expect(rows(['a', 'b'], 1)).not.toEqual([a, b]);
    expect(new Set([a, b, c].map((mask) => mask!.join())).size).toBe(3);
    expect(
      maskSampler(blockMasking({ maskedCount: 30 }), { seed: 3 })({ epoch: 0, keys: ['a'], contexts: contexts(1) })
        .masked,
    ).not.toEqual(a);
  });

  it('names the stream of a batch strategy by all keys of the batch, and pads on request', () => {
    const sampleBatches = maskSampler(ibotMasking(), { seed: 2, padding: true });
    const batch = (keys: number[], epoch = 0) => sampleBatches({ epoch, keys, contexts: contexts(keys.length) });
    expect(batch([1, 2, 3, 4, 5])).toEqual(batch([1, 2, 3, 4, 5]));
    expect(batch([1, 2, 3, 4, 5]).hidden).not.toEqual(batch([1, 2, 3, 4, 6]).hidden);
    expect(batch([1, 2, 3, 4, 5]).hidden).not.toEqual(batch([1, 2, 3, 4, 5], 1).hidden);
  });
});
