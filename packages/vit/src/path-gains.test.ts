import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { drawPathGains } from './path-gains';

describe('drawPathGains', () => {
  it('drops branches at a rate that rises from 0 to dropPath, and keeps the mean', () => {
    const [depth, batchSize, dropPath] = [5, 4001, 0.6];
    const gains = drawPathGains({ depth, batchSize, dropPath, rng: createRng(3) });
    expect(gains.length).toBe(2 * depth * batchSize);
    for (let branch = 0; branch < 2 * depth; branch++) {
      const row = gains.subarray(branch * batchSize, (branch + 1) * batchSize);
      const rate = (dropPath * Math.floor(branch / 2)) / (depth - 1);
      const kept = row.filter((gain) => gain !== 0);
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
      const dropped = 1 - kept.length / batchSize;
      expect(Math.abs(dropped - rate)).toBeLessThanOrEqual(4 * Math.sqrt((rate * (1 - rate)) / batchSize)); // four deviations
    }
  });

  it('draws the two branches of a block and the images apart', () => {
    const gains = drawPathGains({ depth: 2, batchSize: 997, dropPath: 0.5, rng: createRng(4) });
    const [attention, mlp] = [gains.subarray(2 * 997, 3 * 997), gains.subarray(3 * 997)];
    const both = attention.filter((gain, image) => gain === 0 && mlp[image] === 0).length / 997;
    expect(Math.abs(both - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / 997)); // four deviations
  });

  it('is all 1 without drop path and for a single block, and follows its stream', () => {
    const ones = (depth: number, dropPath: number) =>
      drawPathGains({ depth, batchSize: 7, dropPath, rng: createRng(5) }).every((gain) => gain === 1);
    expect(ones(3, 0)).toBe(true);
    expect(ones(1, 0.9)).toBe(true);
    expect(ones(3, 0.9)).toBe(false);
    const draw = (seed: number) => drawPathGains({ depth: 3, batchSize: 7, dropPath: 0.5, rng: createRng(seed) });
    expect(draw(6)).toEqual(draw(6));
    expect(draw(6)).not.toEqual(draw(7));
  });

  it('names what does not fit', () => {
    expect(() => drawPathGains({ depth: 2, batchSize: 3, dropPath: 1, rng: createRng(1) })).toThrow(
      'drawPathGains: dropPath must be at least 0 and less than 1, got 1; a typical value is 0.1',
    );
  });
});
