// The numbers of the gallery as a Markdown table.

import { describeCounts, frequencyRange } from '@semmae/report';

import type { GalleryRow } from './summarize';

/** Percent with one digit; exact zeros and ones without. */
export function percent(share: number): string {
  return share === 0 || share === 1 ? String(share * 100) : (share * 100).toFixed(1);
}

/** One row a strategy: the least, mean and greatest share of masks that hide a patch, and the patches hidden at once. */
export function markdownTable(rows: readonly GalleryRow[]): string {
  const lines = rows.map(({ name, title, frequency, counts }) => {
    const { least, mean, most } = frequencyRange(frequency);
    return `| ${title} | \`${name}\` | ${percent(least)} | ${percent(mean)} | ${percent(most)} | ${describeCounts(counts)} |`;
  });
  return [
    '| strategy | name | least, % | mean, % | most, % | patches hidden at once |',
    '| --- | --- | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}
