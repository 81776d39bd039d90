// Synthetic gray images with a known segmentation: a striped disc and a bar on a shaded background.

import { createPatchGrid, type Rng } from '@semmae/masking';

export const imageSide = 32;
export const patchSize = 4;
export const grid = createPatchGrid(imageSide / patchSize, imageSide / patchSize);

export interface Scene {
  /** [H * W] brightness in [0, 1], row by row. */
  pixels: Float32Array;
  /** [N] 0 background, 1 disc, 2 bar: whatever covers most of the patch. */
  parts: Uint8Array;
  /** [N] variance of the brightness in each patch: a stand-in for what a trained model attends to. */
  attention: Float32Array;
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

  const pixels = new Float32Array(imageSide * imageSide);
  const labels = new Uint8Array(imageSide * imageSide);
  for (let row = 0; row < imageSide; row++) {
    for (let column = 0; column < imageSide; column++) {
      const isBar = row >= bar.top && row < bar.top + bar.thickness;
      const isDisc = Math.hypot(row - disc.row, column - disc.column) < disc.radius;
      const part = isDisc ? 1 : isBar ? 2 : 0;
      const background = shade.left + ((shade.right - shade.left) * column) / imageSide;
      const stripes = Math.floor((row + column) / disc.period) % 2;
      pixels[row * imageSide + column] = [background, stripes, bar.brightness][part]!;
      labels[row * imageSide + column] = part;
    }
  }
  return {
    pixels,
    parts: byPatch(labels, mostFrequent, Uint8Array),
    attention: byPatch(pixels, variance, Float32Array),
  };
}

/** [N] one value for each patch, made of its pixels. */
function byPatch<T extends Uint8Array | Float32Array>(
  values: T,
  summarize: (ofPatch: number[]) => number,
  type: { from(source: { length: number }, map: (_: unknown, patch: number) => number): T },
): T {
  return type.from({ length: grid.patchCount }, (_, patch) => {
    const top = Math.floor(patch / grid.columns) * patchSize;
    const left = (patch % grid.columns) * patchSize;
    const ofPatch: number[] = [];
    for (let row = top; row < top + patchSize; row++) {
      ofPatch.push(...values.subarray(row * imageSide + left, row * imageSide + left + patchSize));
    }
    return summarize(ofPatch);
  });
}

function mostFrequent(labels: number[]): number {
  const votes = [0, 1, 2].map((part) => labels.filter((label) => label === part).length);
  return votes.indexOf(Math.max(...votes));
}

function variance(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
