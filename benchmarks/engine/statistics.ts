// Medians and ranges of repeated measurements.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** (largest − smallest) / median. */
export function relativeRange(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** To four significant digits, since no timing here is better than that. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
