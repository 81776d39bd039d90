// Runs of several seeds as Markdown: mean ± spread of those that differ in the seed alone.

import { formatMeanSpread } from '@semmae/report';

import type { Agreement } from './agreement';
import { type Results, segmentationNames } from './results';

const scores: readonly { title: string; score: keyof Agreement }[] = [
  { title: 'NMI', score: 'nmi' },
  { title: 'ARI', score: 'ari' },
  { title: 'object NMI', score: 'objectNmi' },
  { title: 'object ARI', score: 'objectAri' },
  { title: 'NMI, by image', score: 'imageNmi' },
  { title: 'ARI, by image', score: 'imageAri' },
  { title: 'object NMI, by image', score: 'imageObjectNmi' },
  { title: 'object ARI, by image', score: 'imageObjectAri' },
  { title: 'best label IoU', score: 'bestLabelIou' },
];

/** One row a setting: what became of the game. */
export function gameTable(runs: readonly Results[]): string {
  const rows = groups(runs).map(({ title, own }) => {
    const of = (read: (run: Results) => number, digits = 2, percent = false) =>
      formatMeanSpread(own.map(read), { digits, percent });
    return [
      title,
      of(({ masks }) => masks.smallestMask, 1, true),
      of(({ masks }) => masks.largestMask, 1, true),
      of(({ masks }) => masks.sharpness),
      of(({ siameseLoss }) => siameseLoss),
      of(({ seconds }) => seconds, 0),
    ];
  });
  return table(['run', 'smallest mask, %', 'largest mask, %', 'sharpness', 'Σₙ Lₙ', 'seconds'], rows);
}

/** One row a setting and origin of labels: agreement with the truth, in percent. */
export function agreementTable(runs: readonly Results[]): string {
  const rows = groups(runs).flatMap(({ title, own }) =>
    segmentationNames.map((name) => [
      title,
      name,
      ...scores.map(({ score }) =>
        formatMeanSpread(
          own.map((run) => run.agreement[name][score]),
          { percent: true },
        ),
      ),
    ]),
  );
  return table(['run', 'labels', ...scores.map(({ title }) => title)], rows);
}

function groups(runs: readonly Results[]): { title: string; own: Results[] }[] {
  const titleOf = ({ settings: { model, masks, penaltyWeight, steps } }: Results) =>
    `${model}, N = ${masks}, α = ${penaltyWeight}, ${steps} steps`;
  return [...new Set(runs.map(titleOf))].map((title) => ({ title, own: runs.filter((run) => titleOf(run) === title) }));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
