// The hints of AttMask: some of the most attended patches, that are shown after all.

import type { Rng } from '@semmae/core';

import type { ScoreSelector } from '../selection/score-selector';

/**
 * Sets `marks` to `value` at `hintCount` of the `poolSize` most attended of N patches, uniformly drawn. Takes `hintCount`
 * draws. The attention is what `selector` looked at last.
 */
export function drawHints(
  selector: ScoreSelector,
  { poolSize, hintCount }: { poolSize: number; hintCount: number },
  marks: Uint8Array,
  value: 0 | 1,
  rng: Rng,
): void {
  const pool = selector.listFirst(poolSize);
  for (let left = poolSize; left > poolSize - hintCount; left--) {
    const drawn = rng.integer(left);
    marks[pool[drawn]!] = value;
    pool[drawn] = pool[left - 1]!;
  }
}
