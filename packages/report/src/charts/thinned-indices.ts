// Fewer points than pixels: a curve of 20,000 steps draws like one of a few hundred.

/** At most `most` indices of 0..count-1, evenly spread, with both ends. */
export function thinnedIndices(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}
