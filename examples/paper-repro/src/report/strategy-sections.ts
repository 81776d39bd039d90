// The comparison: one row a strategy, bars with the floors, loss curves.

import { meanSpread } from '@semmae/core';
import { type ChartSection, formatMeanSpread, meanSeries, type TableRow, type TableSection } from '@semmae/report';

import type { ProbeResult, Results } from '../results';
import { comparedStrategies, type StrategyName } from '../strategies';
import type { ReportInput, TrainedModelRecord } from './report-input';

/** Weight of the past when loss curves are smoothed. */
const lossSmoothing = 0.9;

export function strategyTable({ results, models, context }: ReportInput): TableSection {
  const names = [...new Set(results.probe.map(({ strategy }) => strategy))];
  const rows = names.map((name): TableRow => strategyRow(name, results, models));
  const { classNames } = context.images;
  if (classNames !== undefined) {
    rows.push({
      cells: [
        'Pixels, no model',
        percent(results.probe.map(({ pixelsBaseline }) => pixelsBaseline).slice(0, 1)),
        null,
        null,
        null,
        null,
      ],
      emphasis: 'quiet',
    });
    rows.push({
      cells: ['Chance', (100 / classNames.length).toFixed(1), (100 / classNames.length).toFixed(1), null, null, null],
      emphasis: 'quiet',
    });
  }
  return {
    kind: 'table',
    title: 'Masking strategies',
    note:
      classNames === undefined
        ? 'These images have no class labels, so there is nothing to probe for; throughput and loss are measured.'
        : 'Accuracy of frozen class tokens on held-out images, mean ± sample standard deviation over seeds. All models share budget, initial weights, order and flips; only the masks differ. The losses are not comparable between strategies: some masks are harder.',
    columns: [
      { label: 'Strategy' },
      { label: 'Linear probe', detail: '%', align: 'right' },
      { label: 'k-NN', detail: '%', align: 'right' },
      { label: 'Final loss', detail: 'own masks', align: 'right' },
      { label: 'Pre-training', detail: 's per model', align: 'right' },
      { label: 'Throughput', detail: 'images/s', align: 'right' },
    ],
    rows,
  };
}

function strategyRow(name: StrategyName, { probe }: Results, models: readonly TrainedModelRecord[]): TableRow {
  const results = probe.filter(({ strategy }) => strategy === name);
  const trained = models.filter(({ strategy }) => strategy === name);
  return {
    cells: [
      comparedStrategies[name].title,
      percent(results.map(({ linear }) => linear)),
      percent(results.map(({ knn }) => knn)),
      formatMeanSpread(
        trained.map(({ history }) => finalLoss(history)),
        { digits: 3 },
      ),
      meanSpread(trained.map(({ seconds }) => seconds)).mean.toFixed(0),
      meanSpread(results.map(({ imagesPerSecond }) => imagesPerSecond)).mean.toFixed(0),
    ],
    emphasis: name === 'semantic' ? 'strong' : undefined,
  };
}

function percent(values: readonly (number | null)[]): string | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : formatMeanSpread(known, { percent: true });
}

/** Mean over the last twentieth of the steps: single steps are noisy. */
function finalLoss(history: ReportInput['partHistory']): number {
  const last = history.slice(-Math.max(1, Math.round(history.length / 20)));
  return last.reduce((sum, { loss }) => sum + loss, 0) / last.length;
}

/** Probe accuracies as bars; undefined where there are none. */
export function accuracyCharts({ results, context }: ReportInput): ChartSection | undefined {
  const { classNames } = context.images;
  if (classNames === undefined) return undefined;
  const chance = { label: 'chance', value: 1 / classNames.length };
  const pixels = results.probe[0]?.pixelsBaseline ?? undefined;
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
          baselines: pixels === undefined ? [chance] : [chance, { label: 'pixels', value: pixels }],
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
