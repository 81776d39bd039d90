// Into how many pieces a part falls.

import { assertLength, type PatchGrid } from '@semmae/core';

import { connectedComponents } from '../maps/connected-components';

/** Mean number of 4-connected pieces of a part, over all parts that occur in all images; background is not a part. Null where none occurs. */
export function partComponents(partMaps: Iterable<Uint8Array>, grid: PatchGrid): number | null {
  let [pieces, parts] = [0, 0];
  for (const labels of partMaps) {
    assertLength('partComponents', 'parts', labels, grid.patchCount);
    pieces += connectedComponents(labels, grid).filter(([patch]) => labels[patch!]! > 0).length;
    parts += new Set(labels.filter((label) => label > 0)).size;
  }
  return parts > 0 ? pieces / parts : null;
}
