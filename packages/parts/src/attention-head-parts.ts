// The baseline without part learning: each attention head of the encoder's last block is a part.

import { assertInteger, assertLength, type PatchGrid } from '@semmae/core';

import type { BackgroundRule } from './background-mask';
import { type PartMap, partMap } from './part-map';

export interface AttentionHeadPartsOptions {
  /** Attention of the class token to the patches, head after head: [heads * N]. Leave out the class token's own column. */
  attention: Float32Array;
  headCount: number;
  grid: PatchGrid;
  /** Default 'otsu'. */
  background?: BackgroundRule;
}

/** Part map by argmax over heads, each renormalised to sum 1 over the patches. SemMAE Table 4, "iBOT-initialized parts". */
export function attentionHeadParts({ attention, headCount, grid, background }: AttentionHeadPartsOptions): PartMap {
  assertInteger('attentionHeadParts', 'headCount', headCount);
  assertLength('attentionHeadParts', 'attention', attention, headCount * grid.patchCount, 'drop the class token key');
  const normalised = attention.slice();
  for (let head = 0; head < headCount; head++) {
    const row = normalised.subarray(head * grid.patchCount, (head + 1) * grid.patchCount);
    const total = row.reduce((sum, value) => sum + value, 0) || 1;
    row.forEach((value, patch) => {
      row[patch] = value / total;
    });
  }
  return partMap({ attention: normalised, partCount: headCount, grid, background });
}
