// How one axis of a grid is read at another length.

/** A position that is read and its weight. */
export type Tap = readonly [index: number, weight: number];

/**
 * For each of `to` new positions the old ones of `from` that it reads, with weights that sum to 1: means of the covered area
 * where the axis shrinks, linear interpolation between centers where it grows.
 */
export function axisTaps(from: number, to: number): Tap[][] {
  return Array.from({ length: to }, (_, position) =>
    to < from ? areaTaps(position, from, to) : linearTaps(position, from, to),
  );
}

function areaTaps(position: number, from: number, to: number): Tap[] {
  // Overlaps in units of 1 / to of an old patch: whole numbers, so nothing is lost at the edges.
  const [begin, end] = [position * from, (position + 1) * from];
  const taps: Tap[] = [];
  for (let index = Math.floor(begin / to); index * to < end; index++) {
    const overlap = Math.min(end, (index + 1) * to) - Math.max(begin, index * to);
    taps.push([index, overlap / from]);
  }
  return taps;
}

function linearTaps(position: number, from: number, to: number): Tap[] {
  const center = Math.min(from - 1, Math.max(0, ((position + 0.5) * from) / to - 0.5));
  const lower = Math.floor(center);
  const fraction = center - lower;
  if (fraction === 0) return [[lower, 1]];
  return [
    [lower, 1 - fraction],
    [lower + 1, fraction],
  ];
}
