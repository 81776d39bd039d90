// Patch grids, seeded random numbers, errors, argument checks, rows and means of plain numbers.

export { assertFraction, assertInteger, assertLength, assertOneOf, assertRange, assertShape } from './checks';
export { createRng, restoreRng } from './create-rng';
export { type MeanSpread, meanSpread } from './mean-spread';
export { type Difference, firstDifference } from './first-difference';
export { createPatchGrid, type PatchGrid, patchGridOfImage } from './patch-grid';
export type { Rng, RngState } from './rng';
export type { RngKey } from './rng-key';
export { SemmaeError, type SemmaeErrorOptions } from './semmae-error';
export { stackRows } from './stack-rows';
