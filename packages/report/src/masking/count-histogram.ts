// How many patches masks hide at once, as small bars.

import { assertLength, type PatchGrid, SemmaeError } from '@semmae/core';

import { softInk, svgText } from './svg-text';

const barColor = '#3b528b'; // of the heat map's family, so that it reads as the same data
const leastBarWidth = 3;
const labelHeight = 15;

/** Passes N + 1 counts of masks with 0 … N hidden patches, at least one of them not 0. */
export function assertCounts(where: string, counts: ArrayLike<number>, grid: PatchGrid): void {
  assertLength(where, 'counts', counts, grid.patchCount + 1, 'one entry for each number of hidden patches, 0 to N');
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (total > 0 && Number.isFinite(total)) return;
  throw new SemmaeError({ where, requirement: 'counts must hold at least one mask', got: total });
}

export interface CountHistogramOptions {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** SVG: bars on the axis 0 … N, the same for every strategy of a grid; the highest bar fills the height. */
export function countHistogram(counts: ArrayLike<number>, box: CountHistogramOptions): string {
  const { top, left, height, width } = box;
  const patchCount = counts.length - 1;
  const binCount = Math.min(counts.length, Math.floor(width / leastBarWidth));
  const bins = new Float64Array(binCount);
  for (let count = 0; count <= patchCount; count++)
    bins[Math.floor((count * binCount) / counts.length)]! += counts[count]!;
  const most = Math.max(...bins);
  const floor = top + height - labelHeight;
  const barWidth = width / binCount;
  const bars = Array.from(bins, (masks, bin) => {
    if (masks === 0) return '';
    const barHeight = Math.max(1, (masks / most) * (height - labelHeight - 2));
    return `<rect x="${left + bin * barWidth}" y="${floor - barHeight}" width="${barWidth}" height="${barHeight}" fill="${barColor}"/>`;
  });
  const axis = `<path d="M${left} ${floor + 0.5}h${width}" stroke="#c9c6bf" stroke-width="1"/>`;
  const label = { y: top + height - 2, size: 11, fill: softInk };
  return [
    ...bars,
    axis,
    svgText('0', { ...label, x: left }),
    svgText(String(patchCount), { ...label, x: left + width, anchor: 'end' }),
  ].join('');
}

/** "always 147 of 196", "64 to 75, mean 74.5", "none in 50 %, else 19 to 98". */
export function describeCounts(counts: ArrayLike<number>): string {
  const masks = Array.from(counts);
  const total = masks.reduce((sum, count) => sum + count, 0);
  const empty = masks[0]!;
  const seen = masks.flatMap((count, hidden) => (count > 0 && hidden > 0 ? [hidden] : []));
  const [least, most] = [seen[0], seen.at(-1)];
  if (least === undefined) return 'always none';
  if (empty > 0) {
    const range = least === most ? `${least}` : `${least} to ${most}`;
    return `none in ${percent(empty / total)}, else ${range}`;
  }
  if (least === most) return `always ${least} of ${masks.length - 1}`;
  const mean = masks.reduce((sum, count, hidden) => sum + count * hidden, 0) / total;
  return `${least} to ${most}, mean ${mean.toFixed(1)}`;
}

/** Small shares keep a digit: an empty mask in 10,000 draws must not print as 0 %. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  const digits = value < 0.1 ? 3 : value < 10 || value > 90 ? 1 : 0;
  return `${value.toFixed(digits)} %`;
}
