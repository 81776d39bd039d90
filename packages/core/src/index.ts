// Patch grids and what is computed on them, k-means, seeded random numbers, errors, argument checks, preprocessing, rows and means of plain numbers.

export { assertFraction, assertInteger, assertLength, assertOneOf, assertRange, assertShape } from './checks';
export { createRng, restoreRng } from './create-rng';
export { borderParts, borderPatches } from './grid/border-parts';
export { highestMap } from './grid/highest-map';
export { insideMass } from './grid/inside-mass';
export { type MajorityLabelsOptions, majorityLabels } from './grid/majority-labels';
export { createPatchGrid, type PatchGrid, patchGridOfImage } from './grid/patch-grid';
export { type PatchLabelCounts, patchLabelCounts } from './grid/patch-label-counts';
export {
  assertPatchSize,
  type PatchSides,
  type PatchSize,
  patchSides,
  patchSizeOf,
  patchSizeText,
} from './grid/patch-size';
export { type ImageSize, type PixelPatches, pixelPatches } from './grid/pixel-patches';
export { rankByScore } from './grid/rank-by-score';
export { type KMeans, type KMeansOptions, kMeans } from './k-means/k-means';
export { type MeanSpread, meanSpread } from './mean-spread';
export {
  assertFraming,
  type Framing,
  type Interpolation,
  imageNetStatistics,
  interpolations,
  type PixelStatistics,
  type Preprocessing,
} from './preprocessing';
export { type Difference, firstDifference } from './first-difference';
export type { Rng, RngState } from './rng';
export type { RngKey } from './rng-key';
export { escapeControls, SemmaeError, type SemmaeErrorOptions } from './semmae-error';
export { stackRows } from './stack-rows';
