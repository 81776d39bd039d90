// From the parts of some patches to a map of all.

import { assertLength, type PatchGrid } from '@semmae/core';

export interface KeptPartMap {
  /** The part of each kept patch, 0 at the others: [N]. */
  parts: Uint8Array;
  /** Every other patch has the part of the kept patch nearest to it; of equally near ones, of the first: [N]. */
  foreground: Uint8Array;
}

/** `labels` [K] are the parts of the patches `kept` [K], at least one; the rest of the grid is background. */
export function keptPartMap(labels: Uint8Array, kept: Int32Array, { columns, patchCount }: PatchGrid): KeptPartMap {
  assertLength('keptPartMap', 'labels', labels, kept.length, 'one part for each kept patch');
  const parts = new Uint8Array(patchCount);
  for (const [place, patch] of kept.entries()) parts[patch] = labels[place]!;
  const foreground = Uint8Array.from({ length: patchCount }, (_, patch) => {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (const [place, other] of kept.entries()) {
      const down = Math.floor(other / columns) - Math.floor(patch / columns);
      const across = (other % columns) - (patch % columns);
      const distance = down * down + across * across;
      if (distance < least) [nearest, least] = [place, distance];
    }
    return labels[nearest]!;
  });
  return { parts, foreground };
}
