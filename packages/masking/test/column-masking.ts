// The recipe of the README, verbatim, so that its test runs what the README shows.

import { createPatchMask, type MaskingStrategy } from '@semmae/masking';

export const columnMasking = (columnCount: number): MaskingStrategy => ({
  name: 'columns',
  guidance: 'none',
  sample({ grid: { columns, patchCount } }, rng) {
    const hidden = new Set(rng.permutation(columns).subarray(0, columnCount));
    const patches = Array.from({ length: patchCount }, (_, patch) => patch);
    return createPatchMask({ patchCount, masked: patches.filter((patch) => hidden.has(patch % columns)) });
  },
});
