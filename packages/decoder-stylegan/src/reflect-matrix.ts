// Reflect padding as a matrix, so that it composes with other linear filters and has an exact gradient.

import type { FilterMatrix } from './spatial-filter';

/** Pads a line of `length` values by `padding` mirrored ones on each side, edge not repeated: [length + 2 * padding, length]. */
export function reflectPadMatrix(length: number, padding: number): FilterMatrix {
  return Array.from({ length: length + 2 * padding }, (_, position) => {
    const row = new Array<number>(length).fill(0);
    row[reflectIndex(position - padding, length)] = 1;
    return row;
  });
}

/** Folds any index into [0, length): -1 -> 1, length -> length - 2; a single value repeats itself. */
export function reflectIndex(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((index % period) + period) % period;
  return Math.min(folded, period - folded);
}
