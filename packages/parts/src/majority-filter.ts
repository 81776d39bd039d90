// Smooths a label map by votes of neighbours.

import { assertLength, type PatchGrid } from '@semmae/core';

/** The most frequent label of each 3x3 neighbourhood, cut off at the border; a tie keeps the label, else takes the lowest. */
export function majorityFilter(labels: Uint8Array, { rows, columns, patchCount }: PatchGrid): Uint8Array {
  assertLength('majorityFilter', 'labels', labels, patchCount);
  const votes = new Uint8Array(256);
  return labels.map((label, patch) => {
    const row = Math.floor(patch / columns);
    const column = patch % columns;
    votes.fill(0);
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++)
        votes[labels[y * columns + x]!]!++;
    }
    const most = Math.max(...votes);
    return votes[label] === most ? label : votes.indexOf(most);
  });
}
