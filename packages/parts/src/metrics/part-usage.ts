// How often each part wins: finds parts that died during training.

import { assertInteger, SemmaeError } from '@semmae/core';

export interface PartUsage {
  /** Share of all patches, index 0 = background: [P + 1], sums to 1. */
  shares: Float64Array;
  /** Ids 1 .. P of parts that hold less than `deadBelow` of the foreground. */
  dead: number[];
  /** exp(entropy) of the foreground shares: between 1 (one part takes all) and P (all alike). */
  effectiveParts: number;
  /** Entropy of the foreground shares over log P, in [0, 1]: 0 where one part takes all. 1 for a single part, 0 without foreground. */
  entropy: number;
}

/** Counts part ids over many part maps. `deadBelow` is a share of the foreground, default 1 %. */
export function partUsage(
  partMaps: Iterable<Uint8Array>,
  partCount: number,
  { deadBelow = 0.01 }: { deadBelow?: number } = {},
): PartUsage {
  assertInteger('partUsage', 'partCount', partCount);
  const counts = new Float64Array(partCount + 1);
  for (const parts of partMaps) {
    for (const part of parts) {
      if (part > partCount) {
        throw new SemmaeError({ where: 'partUsage', requirement: `part ids must be at most ${partCount}`, got: part });
      }
      counts[part]!++;
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const foreground = total - counts[0]! || 1;
  const shares = counts.subarray(1).map((count) => count / foreground);
  const entropy = shares.reduce((sum, share) => sum - (share > 0 ? share * Math.log(share) : 0), 0);
  return {
    shares: counts.map((count) => count / total),
    dead: Array.from(shares.keys(), (index) => index + 1).filter((part) => shares[part - 1]! < deadBelow),
    effectiveParts: Math.exp(entropy),
    entropy: partCount > 1 ? entropy / Math.log(partCount) : Number(counts[1]! > 0),
  };
}
