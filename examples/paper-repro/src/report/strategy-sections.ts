// The comparison: one row a strategy, bars with the floors, loss curves.

import { finalLoss } from '@semmae/pipeline';
import { type ChartSection, formatMeanSpread, meanSeries, type TableRow, type TableSection } from '@semmae/report';

import { comparedRows, formatPaired } from '../compared-rows';
import type { ProbeResult } from '../results';
import { comparedStrategies } from '../strategies';
import type { ReportInput } from './report-input';

/** Weight of the past when loss curves are smoothed. */
const lossSmoothing = 0.9;

export function strategyTable({ results, models, images }: ReportInput): TableSection {
  const rows = comparedRows(results.probe).map(
    ({ strategy, linear, knn, seconds, imagesPerSecond, versusRandom }): TableRow => {
      const losses = models.filter((model) => model.strategy === strategy).map(({ history }) => finalLoss(history));
      return {
        cells: [
          comparedStrategies[strategy].title,
          percent(linear),
          versusRandom === undefined ? null : formatPaired(versusRandom),
          percent(knn),
          formatMeanSpread(losses, { digits: 3 }),
          seconds.toFixed(0),
          imagesPerSecond.toFixed(0),
        ],
        emphasis: strategy === 'semantic' ? 'strong' : undefined,
      };
    },
  );
  const { classNames } = images.test;
  if (images.hasClasses && classNames !== undefined && results.pixelsBaseline !== null) {
    const chance = (100 / classNames.length).toFixed(1);
    const blanks = [null, null, null, null];
    rows.push({ cells: ['Untrained', percent(results.untrainedBaseline ?? []), null, ...blanks], emphasis: 'quiet' });
    rows.push({ cells: ['Pixels, no model', percent([results.pixelsBaseline]), null, ...blanks], emphasis: 'quiet' });
    rows.push({ cells: ['Chance', chance, null, chance, null, null, null], emphasis: 'quiet' });
  }
  return {
    kind: 'table',
    title: 'Masking strategies',
    note: images.hasClasses
      ? 'Accuracy on held-out images of a linear probe and of 20 nearest neighbors, on the class token and the mean patch token side by side; mean ± sample standard deviation over seeds. Models of one seed share budget, initial weights, order and flips; only the masks differ. So the seeds pair: “vs. random” is the mean difference from random masks, in points, ± its standard error. A difference below twice its error is no result. Losses are not comparable between strategies: some masks are harder.'
      : 'These images have no class labels, so there is nothing to probe for; throughput and loss are measured.',
    columns: [
      { label: 'Masks' },
      { label: 'Linear probe', detail: '%', align: 'right' },
      { label: 'vs. random', detail: 'points, paired', align: 'right' },
      { label: 'k-NN', detail: '%', align: 'right' },
      { label: 'Final loss', detail: 'own masks', align: 'right' },
      { label: 'Pre-training', detail: 's per model', align: 'right' },
      { label: 'Throughput', detail: 'images/s', align: 'right' },
    ],
    rows,
  };
}

function percent(values: readonly number[]): string | null {
  return values.length === 0 ? null : formatMeanSpread(values, { percent: true });
}

/** Probe accuracies as bars; undefined where there are none. */
export function accuracyCharts({ results, images }: ReportInput): ChartSection | undefined {
  const { classNames } = images.test;
  if (classNames === undefined || results.pixelsBaseline === null) return undefined;
  const chance = { label: 'chance', value: 1 / classNames.length };
  const pixels = results.pixelsBaseline;
  const bars = (score: (result: ProbeResult) => number | null) =>
    [...new Set(results.probe.map(({ strategy }) => strategy))].map((name) => ({
      name: comparedStrategies[name].title,
      values: results.probe.filter(({ strategy }) => strategy === name).map((result) => score(result) ?? 0),
      emphasis: name === 'semantic',
    }));
  return {
    kind: 'chart',
    title: 'Accuracy by strategy',
    note: 'Bars are means over seeds, whiskers one standard deviation, dots the seeds.',
    charts: [
      {
        type: 'bar',
        chart: {
          title: 'Linear probe',
          xLabel: 'accuracy, %',
          percent: true,
          bars: bars(({ linear }) => linear),
          baselines: [chance, { label: 'pixels', value: pixels }],
        },
      },
      {
        type: 'bar',
        chart: {
          title: 'k-NN',
          xLabel: 'accuracy, %',
          percent: true,
          bars: bars(({ knn }) => knn),
          baselines: [chance],
        },
      },
    ],
  };
}

export function lossCurves({ models, partHistory }: ReportInput): ChartSection {
  const names = [...new Set(models.map(({ strategy }) => strategy))];
  const series = names.map((name) =>
    meanSeries(
      comparedStrategies[name].title,
      models
        .filter(({ strategy }) => strategy === name)
        .map(({ history }) => history.map(({ step, loss }) => [step, loss] as const)),
    ),
  );
  return {
    kind: 'chart',
    title: 'Loss curves',
    note: 'Reconstruction loss on the masked patches of each strategy (normalized pixels), mean over seeds; and the loss of part learning (Eq. 7).',
    charts: [
      {
        type: 'line',
        chart: { title: 'Masked pre-training', xLabel: 'step', yLabel: 'loss', series, smoothing: lossSmoothing },
      },
      {
        type: 'line',
        chart: {
          title: 'Part learning',
          xLabel: 'step',
          yLabel: 'loss',
          smoothing: lossSmoothing,
          series: [
            {
              name: 'reconstruction, L_rec',
              points: partHistory.map(({ step, reconstruction }) => [step, reconstruction!] as const),
            },
            { name: 'diversity, L_div', points: partHistory.map(({ step, diversity }) => [step, diversity!] as const) },
          ],
        },
      },
    ],
  };
}
