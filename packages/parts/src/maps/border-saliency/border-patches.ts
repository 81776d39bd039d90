// The outermost ring of a patch grid: photographers leave background there.

import type { PatchGrid } from '@semmae/core';

/** Patches of the first and last row and column, ascending. */
export function borderPatches({ rows, columns, patchCount }: PatchGrid): Int32Array {
  return Int32Array.from({ length: patchCount }, (_, patch) => patch).filter((patch) => {
    const [row, column] = [Math.floor(patch / columns), patch % columns];
    return row === 0 || row === rows - 1 || column === 0 || column === columns - 1;
  });
}
