// Which patches of a label map hang together.

import type { PatchGrid } from '@semmae/core';

/** Patches of equal label that touch along a side, component by component. */
export function connectedComponents(labels: Uint8Array, grid: PatchGrid): number[][] {
  const seen = new Uint8Array(grid.patchCount);
  const components: number[][] = [];
  for (let start = 0; start < grid.patchCount; start++) {
    if (seen[start]) continue;
    const component = [start];
    seen[start] = 1;
    for (const patch of component) {
      for (const neighbor of neighborsOf(patch, grid)) {
        if (seen[neighbor] || labels[neighbor] !== labels[start]) continue;
        seen[neighbor] = 1;
        component.push(neighbor);
      }
    }
    components.push(component);
  }
  return components;
}

/** The two to four patches that share a side with this one. */
export function neighborsOf(patch: number, { rows, columns }: PatchGrid): number[] {
  const [row, column] = [Math.floor(patch / columns), patch % columns];
  const neighbors: number[] = [];
  if (row > 0) neighbors.push(patch - columns);
  if (row < rows - 1) neighbors.push(patch + columns);
  if (column > 0) neighbors.push(patch - 1);
  if (column < columns - 1) neighbors.push(patch + 1);
  return neighbors;
}
