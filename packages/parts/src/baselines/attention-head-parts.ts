// The baseline without part learning: each attention head of the encoder's last block is a part.

import { assertInteger, assertLength } from '@semmae/core';

import { type DrawnParts, type DrawPartsOptions, drawParts } from '../maps/draw-parts';

export interface AttentionHeadPartsOptions extends Omit<DrawPartsOptions, 'partCount' | 'softmaxAxis'> {
  /** Attention of the class token to the patches, head after head: [heads * N]. Leave out the class token's own column. */
  attention: Float32Array;
  headCount: number;
}

/** Parts by argmax over heads, each renormalized to sum 1 over the patches. SemMAE Table 4, "iBOT-initialized parts". */
export function attentionHeadParts({ attention, headCount, ...options }: AttentionHeadPartsOptions): DrawnParts {
  const { patchCount } = options.grid;
  assertInteger('attentionHeadParts', 'headCount', headCount);
  assertLength('attentionHeadParts', 'attention', attention, headCount * patchCount, 'drop the class token key');
  const normalized = attention.slice();
  for (let head = 0; head < headCount; head++) {
    const row = normalized.subarray(head * patchCount, (head + 1) * patchCount);
    const total = row.reduce((sum, value) => sum + value, 0) || 1;
    row.forEach((value, patch) => {
      row[patch] = value / total;
    });
  }
  return drawParts({ ...options, attention: normalized, partCount: headCount });
}
