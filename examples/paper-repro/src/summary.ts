// The last words of a run on the terminal.

import { formatMeanSpread } from '@semmae/report';

import { comparedRows, formatPaired } from './compared-rows';
import type { Results } from './results';
import { comparedStrategies, guideTitles } from './strategies';

export function printSummary(
  { parts, probe, pixelsBaseline, untrainedBaseline, seconds }: Results,
  folder: string,
): void {
  if (parts.length > 0)
    console.log(`\n${'Parts, held-out images'.padEnd(34)}${'FG-ARI'.padStart(8)}${'FG-NMI'.padStart(8)}`);
  for (const { guide, fgAri, fgNmi } of parts) {
    const score = (value: number | null) => (value === null ? '—' : value.toFixed(3)).padStart(8);
    console.log(`${guideTitles[guide].padEnd(34)}${score(fgAri)}${score(fgNmi)}`);
  }
  const heads = ['linear %', 'k-NN %', 'vs. random'].map((head) => head.padStart(14)).join('');
  console.log(`\n${'Masks'.padEnd(34)}${heads}`);
  for (const { strategy, linear, knn, versusRandom } of comparedRows(probe)) {
    const percent = (values: readonly number[]) =>
      (values.length === 0 ? '—' : formatMeanSpread(values, { percent: true })).padStart(14);
    const paired = (versusRandom === undefined ? '' : formatPaired(versusRandom)).padStart(14);
    console.log(`${comparedStrategies[strategy].title.padEnd(34)}${percent(linear)}${percent(knn)}${paired}`);
  }
  if (untrainedBaseline !== null) {
    console.log(`${'Untrained'.padEnd(34)}${formatMeanSpread(untrainedBaseline, { percent: true }).padStart(14)}`);
  }
  if (pixelsBaseline !== null) {
    console.log(`${'Pixels, no model'.padEnd(34)}${(100 * pixelsBaseline).toFixed(1).padStart(14)}`);
  }
  console.log(`\n${seconds.toFixed(0)} s in all. Report: ${folder}/report.html`);
}
