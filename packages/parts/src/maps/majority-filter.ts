// Smooths a label map by votes of neighbors.

import { assertLength, type PatchGrid } from '@semmae/core';

/** The most frequent label of each 3x3 neighborhood, cut off at the border; a tie keeps the label, else takes the lowest. */
export function majorityFilter(labels: Uint8Array, { rows, columns, patchCount }: PatchGrid): Uint8Array {
  assertLength('majorityFilter', 'labels', labels, patchCount);
  const votes = new Uint8Array(256);
  return labels.map((label, patch) => {
    const window = neighborhood(patch, rows, columns);
    for (const neighbor of window) votes[labels[neighbor]!]!++;
    let winner = label;
    for (const neighbor of window) {
      const other = labels[neighbor]!;
      const lead = votes[other]! - votes[winner]!;
      if (lead > 0 || (lead === 0 && winner !== label && other < winner)) winner = other;
    }
    for (const neighbor of window) votes[labels[neighbor]!] = 0;
    return winner;
  });
}

function neighborhood(patch: number, rows: number, columns: number): number[] {
  const row = Math.floor(patch / columns);
  const column = patch % columns;
  const patches: number[] = [];
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) patches.push(y * columns + x);
  }
  return patches;
}
