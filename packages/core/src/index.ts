// Patch grids, seeded random numbers, errors and argument checks.

export { assertFraction, assertInteger, assertLength, assertOneOf, assertRange, assertShape } from './checks';
export { createPatchGrid, type PatchGrid, patchGridOfImage } from './patch-grid';
export { createRng, type Rng, type RngKey, type RngState, restoreRng } from './rng';
export { SemmaeError, type SemmaeErrorOptions } from './semmae-error';
