// The outermost ring of a patch grid, where photographers leave background, and the parts that fill it.

import type { PatchGrid } from './patch-grid';

/** Patches of the first and last row and column, ascending. */
export function borderPatches({ rows, columns, patchCount }: PatchGrid): Int32Array {
  return Int32Array.from({ length: patchCount }, (_, patch) => patch).filter((patch) => {
    const [row, column] = [Math.floor(patch / columns), patch % columns];
    return row === 0 || row === rows - 1 || column === 0 || column === columns - 1;
  });
}

/** [N] 1 for patches of the fewest parts that together hold more than half of the border; of equal holders the lower id first. */
export function borderParts(parts: Uint8Array, grid: PatchGrid): Uint8Array {
  const border = borderPatches(grid);
  const held = new Uint32Array(256); // patches of the border in each part
  for (const patch of border) held[parts[patch]!]! += 1;
  const isChosen = new Uint8Array(256);
  for (let covered = 0; 2 * covered <= border.length; ) {
    const most = held.indexOf(Math.max(...held));
    covered += held[most]!;
    held[most] = 0;
    isChosen[most] = 1;
  }
  return parts.map((part) => isChosen[part]!);
}
