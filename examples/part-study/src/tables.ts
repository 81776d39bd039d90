// The cells of a study as a Markdown table: mean ± spread over seeds.

import { formatMeanSpread } from '@semmae/report';

import type { Cell, Scores } from './cell';

const columns: readonly { title: string; score: keyof Scores; percent: boolean; digits: number }[] = [
  { title: 'FG-NMI', score: 'fgNmi', percent: true, digits: 1 },
  { title: 'FG-ARI', score: 'fgAri', percent: true, digits: 1 },
  { title: 'FG-mIoU', score: 'fgMiou', percent: true, digits: 1 },
  { title: 'purity', score: 'purity', percent: true, digits: 1 },
  { title: 'NMI', score: 'nmi', percent: true, digits: 1 },
  { title: 'ARI', score: 'ari', percent: true, digits: 1 },
  { title: 'object IoU', score: 'objectIou', percent: true, digits: 1 },
  { title: 'landmark error', score: 'landmarkError', percent: true, digits: 1 },
  { title: 'flip mIoU', score: 'flipMiou', percent: true, digits: 1 },
  { title: 'crop mIoU', score: 'cropMiou', percent: true, digits: 1 },
  { title: 'usage entropy', score: 'usageEntropy', percent: false, digits: 2 },
  { title: 'dead', score: 'deadParts', percent: false, digits: 1 },
  { title: 'pieces', score: 'components', percent: false, digits: 1 },
];

/** One row a method, in the order in which they first appear. */
export function markdownTable(cells: readonly Cell[]): string {
  const methods = [...new Set(cells.map(({ method }) => method))];
  const rows = methods.map((method) => {
    const own = cells.filter((cell) => cell.method === method);
    const values = columns.map(({ score, percent, digits }) => {
      const numbers = own.map(({ scores }) => scores[score]);
      return numbers.some((value) => value === null) ? '-' : formatMeanSpread(numbers as number[], { percent, digits });
    });
    const seconds = own.reduce((sum, cell) => sum + cell.seconds, 0) / own.length;
    return `| ${[method, ...values, seconds.toFixed(0)].join(' | ')} |`;
  });
  const head = ['method', ...columns.map(({ title }) => title), 'seconds'];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n');
}
