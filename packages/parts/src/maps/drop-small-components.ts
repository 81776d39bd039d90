// Takes specks out of a label map.

import { assertInteger, assertLength, type PatchGrid } from '@semmae/core';

import { connectedComponents, neighborsOf } from './connected-components';

/**
 * Connected patches of one label (side by side or above each other) that are fewer than `least` take the most frequent label
 * among the patches around them; ties take the lowest. Only components that stay have a vote, so specks inside specks are
 * filled from outside. A map of nothing but specks stays as it is. Label 0 is a label like any other: holes are filled too.
 *
 * @param least default 3
 */
export function dropSmallComponents(labels: Uint8Array, grid: PatchGrid, least = 3): Uint8Array {
  assertLength('dropSmallComponents', 'labels', labels, grid.patchCount);
  assertInteger('dropSmallComponents', 'least', least);
  const result = labels.slice();
  const components = connectedComponents(labels, grid);
  let small = components.filter((component) => component.length < least);
  const settled = new Uint8Array(grid.patchCount).fill(1);
  for (const component of small) for (const patch of component) settled[patch] = 0;
  while (small.length > 0) {
    // All of a round vote on the same map, so the order of components does not matter.
    const votes = small.map((component) => borderLabel(component, result, settled, grid));
    if (votes.every((label) => label === undefined)) break;
    small.forEach((component, index) => {
      const label = votes[index];
      if (label === undefined) return;
      for (const patch of component) {
        result[patch] = label;
        settled[patch] = 1;
      }
    });
    small = small.filter((_, index) => votes[index] === undefined);
  }
  return result;
}

/** The most frequent label of settled patches along the component's border, counted per shared side. */
function borderLabel(
  component: readonly number[],
  labels: Uint8Array,
  settled: Uint8Array,
  grid: PatchGrid,
): number | undefined {
  const votes = new Map<number, number>();
  for (const patch of component) {
    for (const neighbor of neighborsOf(patch, grid)) {
      if (!settled[neighbor]) continue;
      const label = labels[neighbor]!;
      votes.set(label, (votes.get(label) ?? 0) + 1);
    }
  }
  const [winner] = [...votes].sort(([a, votesOfA], [b, votesOfB]) => votesOfB - votesOfA || a - b);
  return winner?.[0];
}
