// Otsu's threshold on raw values, without a histogram's bins.

import { SemmaeError } from '@semmae/core';

/**
 * The cut between two values that maximizes the variance between the classes below and above it; `value >= threshold` is
 * the upper class. Halfway between the two values beside the cut; the lowest of equally good cuts. Where all values are
 * equal there is nothing to cut and the value itself is returned, which puts everything into the upper class.
 *
 * Reference: Otsu, "A threshold selection method from gray-level histograms", IEEE SMC 1979.
 */
export function otsuThreshold(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) throw new SemmaeError({ where: 'otsuThreshold', requirement: 'there must be values', got: 'none' });
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let threshold = sorted[0]!;
  let best = 0;
  let below = 0;
  for (let cut = 1; cut < count; cut++) {
    const [lower, upper] = [sorted[cut - 1]!, sorted[cut]!];
    below += lower;
    if (lower === upper) continue;
    const difference = below / cut - (total - below) / (count - cut);
    const between = cut * (count - cut) * difference * difference;
    if (between <= best) continue;
    best = between;
    threshold = lower + (upper - lower) / 2;
  }
  return threshold;
}
