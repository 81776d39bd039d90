// The assignment of rows to columns with the least total cost: the Hungarian method in O(n^3).

import { SemmaeError } from '@semmae/core';

/**
 * Column of every row so that the summed cost is least and no column is taken twice; -1 where there are more rows than
 * columns and the row is left over. A table that is not square is padded with zeros, so each of its smaller side's entries
 * is assigned. Among equally good assignments any one is returned, always the same for the same costs.
 *
 * Shortest augmenting paths with dual variables: row by row, each O(n^2).
 * Reference: Jonker & Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems",
 * Computing 38, 1987 (without its initialization heuristics, which small tables do not need).
 */
export function linearAssignment(costs: readonly (readonly number[])[]): Int32Array {
  const columnCount = costs[0]?.length ?? 0;
  for (const row of costs) {
    if (row.length === columnCount && row.every(Number.isFinite)) continue;
    const requirement = `every row must hold ${columnCount} finite costs`;
    throw new SemmaeError({ where: 'linearAssignment', requirement, got: [...row] });
  }
  const size = Math.max(costs.length, columnCount);
  const cost = (row: number, column: number) => (row < costs.length && column < columnCount ? costs[row]![column]! : 0);
  const rowPrices = new Float64Array(size);
  const columnPrices = new Float64Array(size);
  const rowOfColumn = new Int32Array(size).fill(-1);
  const arrivedFrom = new Int32Array(size);

  for (let row = 0; row < size; row++) {
    const distances = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    const settled = new Uint8Array(size);
    let lastColumn = -1;
    let currentRow = row;
    let distance = 0;
    // Dijkstra over columns, along reduced costs, to the nearest column that is still free.
    while (currentRow !== -1) {
      let nearest = -1;
      for (let column = 0; column < size; column++) {
        if (settled[column]) continue;
        const through = distance + cost(currentRow, column) - rowPrices[currentRow]! - columnPrices[column]!;
        if (through < distances[column]!) {
          distances[column] = through;
          arrivedFrom[column] = lastColumn;
        }
        if (nearest === -1 || distances[column]! < distances[nearest]!) nearest = column;
      }
      settled[nearest] = 1;
      distance = distances[nearest]!;
      lastColumn = nearest;
      currentRow = rowOfColumn[nearest]!;
    }
    // New prices keep every reduced cost at least 0 and those of the assignment at 0.
    rowPrices[row]! += distance;
    for (let column = 0; column < size; column++) {
      if (!settled[column] || column === lastColumn) continue;
      const gain = distance - distances[column]!;
      columnPrices[column]! -= gain;
      rowPrices[rowOfColumn[column]!]! += gain;
    }
    // Shift the assignment along the path, back to the new row.
    for (let column = lastColumn; column !== -1; column = arrivedFrom[column]!) {
      const previous = arrivedFrom[column]!;
      rowOfColumn[column] = previous === -1 ? row : rowOfColumn[previous]!;
    }
  }
  const columns = new Int32Array(costs.length).fill(-1);
  for (let column = 0; column < columnCount; column++) {
    if (rowOfColumn[column]! < costs.length) columns[rowOfColumn[column]!] = column;
  }
  return columns;
}
