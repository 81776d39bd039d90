// Rows of numbers as one matrix.

/** Lays equally long rows end to end: n arrays of [D] become [n · D]. */
export function stackRows(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const stacked = new Float32Array(rows.length * length);
  for (const [index, row] of rows.entries()) stacked.set(row, index * length);
  return stacked;
}
