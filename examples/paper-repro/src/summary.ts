// The last words of a run on the terminal.

import { formatMeanSpread } from '@semmae/report';

import type { Results } from './results';
import { comparedStrategies } from './strategies';

export function printSummary({ parts, probe, seconds }: Results, folder: string): void {
  if (parts !== null)
    console.log(
      `\nParts: FG-NMI ${parts.fgNmi.toFixed(3)}, FG-ARI ${parts.fgAri.toFixed(3)}, NMI ${parts.nmi.toFixed(3)}, ARI ${parts.ari.toFixed(3)}`,
    );
  console.log(`\n${'Strategy'.padEnd(36)}${'linear %'.padStart(14)}${'k-NN %'.padStart(14)}${'images/s'.padStart(10)}`);
  for (const strategy of new Set(probe.map((result) => result.strategy))) {
    const results = probe.filter((result) => result.strategy === strategy);
    const percent = (values: (number | null)[]) =>
      values.some((value) => value === null) ? '—' : formatMeanSpread(values as number[], { percent: true });
    const rate = results.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0) / results.length;
    console.log(
      `${comparedStrategies[strategy].title.padEnd(36)}${percent(results.map(({ linear }) => linear)).padStart(14)}${percent(results.map(({ knn }) => knn)).padStart(14)}${rate.toFixed(0).padStart(10)}`,
    );
  }
  const pixels = probe[0]?.pixelsBaseline;
  if (pixels !== null && pixels !== undefined)
    console.log(`${'Pixels, no model'.padEnd(36)}${(100 * pixels).toFixed(1).padStart(14)}`);
  console.log(`\n${seconds.toFixed(0)} s in all. Report: ${folder}/report.html`);
}
