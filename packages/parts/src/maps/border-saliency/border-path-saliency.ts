// Foreground without a trained class token: how much a walk from the image's border has to cross.

import { borderPatches, type PatchGrid } from '@semmae/core';

import { type BorderSaliencyOptions, tokenDirections, unlikeness } from './token-directions';

/**
 * Length of the shortest path from each patch to the border of the image, [N], 0 on the border. A step to one of the four
 * neighbors costs one minus the cosine of the two tokens, standardized within the image: little within an even area, much across an edge.
 * Cut it with Otsu's threshold. An object that touches the border is lost there, and paths grow towards the middle: the rule
 * presumes photographs of one object.
 *
 * Reference: Wei et al., "Geodesic Saliency Using Background Priors", ECCV 2012, there on colors of superpixels; tokens of an
 * encoder are ours.
 */
export function borderPathSaliency(options: BorderSaliencyOptions): Float32Array {
  const { channels, grid } = options;
  const directions = tokenDirections('borderPathSaliency', options);
  const step = (one: number, other: number) => unlikeness(directions, channels, one, other);
  const last = grid.columns - 1;
  const toRight = Float64Array.from({ length: grid.patchCount }, (_, patch) =>
    patch % grid.columns === last ? 0 : step(patch, patch + 1),
  );
  const below = Float64Array.from({ length: grid.patchCount - grid.columns }, (_, patch) =>
    step(patch, patch + grid.columns),
  );
  const lengths = new Float64Array(grid.patchCount).fill(Number.POSITIVE_INFINITY);
  for (const patch of borderPatches(grid)) lengths[patch] = 0;
  while (sweep(lengths, toRight, below, grid)) {} // ends: lengths only shrink, and a shortest path has no patch twice
  return Float32Array.from(lengths);
}

/** Passes lengths on in reading order and back. Whether one of them shrank. */
function sweep(lengths: Float64Array, toRight: Float64Array, below: Float64Array, grid: PatchGrid): boolean {
  const { columns, patchCount } = grid;
  let shrank = false;
  const relax = (patch: number, from: number, cost: number) => {
    const length = lengths[from]! + cost;
    if (length >= lengths[patch]!) return;
    lengths[patch] = length;
    shrank = true;
  };
  for (let patch = 0; patch < patchCount; patch++) {
    if (patch % columns > 0) relax(patch, patch - 1, toRight[patch - 1]!);
    if (patch >= columns) relax(patch, patch - columns, below[patch - columns]!);
  }
  for (let patch = patchCount - 1; patch >= 0; patch--) {
    if (patch % columns < columns - 1) relax(patch, patch + 1, toRight[patch]!);
    if (patch < patchCount - columns) relax(patch, patch + columns, below[patch]!);
  }
  return shrank;
}
