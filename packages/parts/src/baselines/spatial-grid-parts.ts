// Baseline: the image is cut into a grid of parts, whatever it shows.

import { assertInteger, assertRange, type PatchGrid, SemmaeError } from '@semmae/core';

/**
 * `partCount` cells, numbered 1 .. P row by row, as close to squares as a factorization of P allows: 2x3 for 6 (two equally
 * good ways: fewer rows), 1x5 for 5. Where cells do not divide the grid they differ by one patch. The same for every image: [N].
 */
export function spatialGridParts(grid: PatchGrid, partCount: number): Uint8Array {
  assertInteger('spatialGridParts', 'partCount', partCount);
  assertRange('spatialGridParts', 'partCount', partCount, 1, 255);
  const [rows, columns] = cellGrid(grid, partCount);
  return Uint8Array.from({ length: grid.patchCount }, (_, patch) => {
    const row = Math.floor((Math.floor(patch / grid.columns) * rows) / grid.rows);
    return 1 + row * columns + Math.floor(((patch % grid.columns) * columns) / grid.columns);
  });
}

function cellGrid(grid: PatchGrid, partCount: number): [rows: number, columns: number] {
  const shapes = Array.from({ length: partCount }, (_, index) => [index + 1, partCount / (index + 1)] as const)
    .filter(([rows, columns]) => Number.isInteger(columns) && rows <= grid.rows && columns <= grid.columns)
    // How much longer than wide, or the reverse; exact for ties because both are quotients of the same four integers.
    .map(([rows, columns]) => ({ rows, columns, sides: [grid.rows * columns, grid.columns * rows] as const }))
    .map((shape) => ({ ...shape, stretch: Math.max(...shape.sides) / Math.min(...shape.sides) }));
  const best = shapes.reduce<(typeof shapes)[number] | undefined>(
    (least, shape) => (least === undefined || shape.stretch < least.stretch ? shape : least),
    undefined,
  );
  if (best !== undefined) return [best.rows, best.columns];
  throw new SemmaeError({
    where: 'spatialGridParts',
    requirement: `partCount must be rows x columns that fit a grid of ${grid.rows}x${grid.columns} patches`,
    got: partCount,
    remedy: 'choose a count with smaller factors',
  });
}
