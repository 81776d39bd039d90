// Synthetic grey images with a known segmentation: a striped disc and a bar on a shaded background.

import { createPatchGrid, type Rng } from '@semmae/masking';

export const imageSide = 32;
export const patchSize = 4;
export const grid = createPatchGrid(imageSide / patchSize, imageSide / patchSize);
export const patchPixels = patchSize * patchSize;

export interface Scene {
  /** [N, p*p] brightness in [0, 1], patch by patch. */
  patches: Float32Array;
  /** [N] 0 background, 1 disc, 2 bar: whatever covers most of the patch. */
  parts: Uint8Array;
}

/** Draws one scene; everything in it comes from `rng`. */
export function drawScene(rng: Rng): Scene {
  const shade = { left: rng.uniform(), right: rng.uniform() };
  const disc = {
    row: 8 + rng.integer(16),
    column: 8 + rng.integer(16),
    radius: 6 + rng.integer(5),
    period: 3 + rng.integer(4),
  };
  const bar = { top: rng.integer(26), thickness: 3 + rng.integer(4), brightness: rng.uniform() };

  const patches = new Float32Array(grid.patchCount * patchPixels);
  const votes = new Uint8Array(grid.patchCount * 3); // pixels of each part in each patch
  for (let row = 0; row < imageSide; row++) {
    for (let column = 0; column < imageSide; column++) {
      const isBar = row >= bar.top && row < bar.top + bar.thickness;
      const isDisc = Math.hypot(row - disc.row, column - disc.column) < disc.radius;
      const part = isDisc ? 1 : isBar ? 2 : 0;
      const background = shade.left + ((shade.right - shade.left) * column) / imageSide;
      const stripes = Math.floor((row + column) / disc.period) % 2;
      const patch = Math.floor(row / patchSize) * grid.columns + Math.floor(column / patchSize);
      const pixel = (row % patchSize) * patchSize + (column % patchSize);
      patches[patch * patchPixels + pixel] = [background, stripes, bar.brightness][part]!;
      votes[patch * 3 + part]! += 1;
    }
  }
  const parts = Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const ballots = votes.subarray(patch * 3, patch * 3 + 3);
    return ballots.indexOf(Math.max(...ballots));
  });
  return { patches, parts };
}
