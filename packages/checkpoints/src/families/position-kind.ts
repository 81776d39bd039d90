// Whether a position table holds MAE's sines and cosines or was learned.

/**
 * `values` [prefixRows + N, D] of a table; rows of tokens must be zero. The tolerance is that of half precision.
 *
 * The formula is that of `sinCosPositions` in `@semmae/vit`: sine and cosine of the column, then of the row.
 */
export function isSinCos(
  values: Float32Array,
  { rows, columns }: { rows: number; columns: number },
  { prefixRows, width }: { prefixRows: number; width: number },
): boolean {
  if (width % 4 !== 0 || values.subarray(0, prefixRows * width).some((value) => value !== 0)) return false;
  const quarter = width / 4;
  for (let patch = 0; patch < rows * columns; patch++) {
    const angles = [patch % columns, Math.floor(patch / columns)];
    for (let index = 0; index < width; index++) {
      const place = angles[index < 2 * quarter ? 0 : 1]!;
      const angle = place * 10_000 ** (-(index % quarter) / quarter);
      const expected = index % (2 * quarter) < quarter ? Math.sin(angle) : Math.cos(angle);
      if (Math.abs(values[(prefixRows + patch) * width + index]! - expected) > 1e-2) return false;
    }
  }
  return true;
}
