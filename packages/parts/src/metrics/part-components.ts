// Into how many pieces a part falls.

import { assertLength, type PatchGrid } from '@semmae/core';

/** Mean number of 4-connected pieces of a part, over all parts that occur in all images; background is not a part. Null where none occurs. */
export function partComponents(partMaps: Iterable<Uint8Array>, grid: PatchGrid): number | null {
  let [pieces, parts] = [0, 0];
  for (const labels of partMaps) {
    assertLength('partComponents', 'parts', labels, grid.patchCount);
    pieces += countPieces(labels, grid);
    parts += new Set(labels.filter((label) => label > 0)).size;
  }
  return parts > 0 ? pieces / parts : null;
}

/** Floods each piece once. */
function countPieces(labels: Uint8Array, { columns, patchCount }: PatchGrid): number {
  const flooded = new Uint8Array(patchCount);
  let pieces = 0;
  for (let start = 0; start < patchCount; start++) {
    if (flooded[start] || labels[start] === 0) continue;
    pieces++;
    flooded[start] = 1;
    const open = [start];
    for (let patch = open.pop(); patch !== undefined; patch = open.pop()) {
      const column = patch % columns;
      const neighbours = [patch - columns, patch + columns];
      if (column > 0) neighbours.push(patch - 1);
      if (column < columns - 1) neighbours.push(patch + 1);
      for (const neighbour of neighbours) {
        if (labels[neighbour] !== labels[start] || flooded[neighbour]) continue;
        flooded[neighbour] = 1;
        open.push(neighbour);
      }
    }
  }
  return pieces;
}
