// Foreground without a trained class token: how little a patch is like the image's border.

import { borderPatches, type PatchGrid } from '@semmae/core';

import { type BorderSaliencyOptions, tokenDirections, unlikeness } from './token-directions';

/** Several, so that one border patch that shows the object does not make it background. */
const nearestCount = 4;

/**
 * One minus the mean cosine to the four border patches that are most alike, tokens standardized within the image, averaged over
 * 3x3 neighborhoods: [N], in [0, 2]. A patch of the border is not compared with itself. Cut it with Otsu's threshold. Unlike
 * `borderPathSaliency` it finds background that the object encloses, and does not favor the middle of the image.
 */
export function borderLikenessSaliency(options: BorderSaliencyOptions): Float32Array {
  const { channels, grid } = options;
  const directions = tokenDirections('borderLikenessSaliency', options);
  const border = borderPatches(grid);
  const unlike = Float64Array.from({ length: grid.patchCount }, (_, patch) => {
    const others = border.filter((other) => other !== patch);
    const distances = Float64Array.from(others, (other) => unlikeness(directions, channels, patch, other)).sort();
    const nearest = distances.subarray(0, nearestCount);
    return nearest.reduce((sum, distance) => sum + distance, 0) / Math.max(1, nearest.length);
  });
  return neighborhoodMeans(unlike, grid);
}

/** Mean over each patch and those of its eight neighbors that exist. */
function neighborhoodMeans(values: Float64Array, { rows, columns }: PatchGrid): Float32Array {
  return Float32Array.from(values, (_, patch) => {
    const [row, column] = [Math.floor(patch / columns), patch % columns];
    let [sum, count] = [0, 0];
    for (let near = Math.max(0, row - 1); near <= Math.min(rows - 1, row + 1); near++) {
      for (let beside = Math.max(0, column - 1); beside <= Math.min(columns - 1, column + 1); beside++) {
        sum += values[near * columns + beside]!;
        count++;
      }
    }
    return sum / count;
  });
}
