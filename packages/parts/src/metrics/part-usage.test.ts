import { describe, expect, it } from 'vitest';

import { partUsage } from './part-usage';

describe('partUsage', () => {
  it('shares patches between background and parts and names the dead', () => {
    const usage = partUsage([Uint8Array.of(0, 0, 1, 1), Uint8Array.of(3, 3, 0, 0)], 3);
    expect(Array.from(usage.shares)).toEqual([0.5, 0.25, 0, 0.25]);
    expect(usage.dead).toEqual([2]);
    // exp(log 2) in doubles
    expect(usage.effectiveParts).toBeCloseTo(2, 12);
    expect(usage.entropy).toBeCloseTo(Math.log(2) / Math.log(3), 12);
  });

  it('takes another border between life and death', () => {
    const map = new Uint8Array(100).fill(1);
    map.fill(2, 0, 3);
    expect(partUsage([map], 2).dead).toEqual([]);
    expect(partUsage([map], 2, { deadBelow: 0.05 }).dead).toEqual([2]);
  });

  it('is defined for background only and refuses unknown ids', () => {
    expect(partUsage([new Uint8Array(5)], 2)).toMatchObject({ dead: [1, 2], effectiveParts: 1, entropy: 0 });
    expect(partUsage([new Uint8Array(5)], 1).entropy).toBe(0);
    expect(partUsage([Uint8Array.of(0, 1)], 1).entropy).toBe(1);
    expect(partUsage([Uint8Array.of(3, 1, 2, 0)], 3).entropy).toBeCloseTo(1, 12); // log 3 / log 3 in doubles
    expect(() => partUsage([Uint8Array.of(4)], 3)).toThrow('part ids must be at most 3, got 4');
  });
});
