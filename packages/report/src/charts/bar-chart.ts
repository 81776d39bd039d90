// Results side by side: mean, spread, every seed, and the floors they must clear.

import { meanSpread, SemmaeError } from '@semmae/core';
import type { TopLevelSpec } from 'vega-lite';

import { formatMeanSpread } from '../format-mean-spread';
import { chartSvg } from './chart-svg';
import { accentColor, ink, legendColumns, quietColor } from './chart-theme';

export interface Bar {
  name: string;
  /** One value per seed; the bar is their mean, the whisker their standard deviation, the dots the values. */
  values: readonly number[];
  /** Drawn in the accent color. Default false. */
  emphasis?: boolean;
}

export interface BarChart {
  title: string;
  /** What the values are, with their unit. */
  xLabel: string;
  bars: readonly Bar[];
  /** Vertical lines to compare with: chance, a baseline without training. */
  baselines?: readonly { label: string; value: number }[];
  /** Values are fractions and are drawn times 100. Default false. */
  percent?: boolean;
  /** Digits after the point of the printed values. Default 1. */
  digits?: number;
  /** Width of the whole drawing in pixels. Default 505, as wide as a line chart; the height follows from the number of bars. */
  width?: number;
}

/** Horizontal bars from zero, in the order given: differences look as large as they are. */
export async function barChart(chart: BarChart): Promise<string> {
  const { title, xLabel, bars, baselines = [], percent = false, digits = 1, width = 505 } = chart;
  assertBars(chart);
  const factor = percent ? 100 : 1;
  const rows = bars.map(({ name, values, emphasis = false }) => {
    const { mean, spread = 0 } = meanSpread(values.map((value) => value * factor));
    return {
      name,
      mean,
      low: mean - spread,
      high: mean + spread,
      emphasis,
      text: formatMeanSpread(values, { digits, percent }),
    };
  });
  const seeds = bars.flatMap(({ name, values }) =>
    values.length < 2 ? [] : values.map((value) => ({ name, value: value * factor })),
  );
  const floors = baselines.map(({ label, value }) => ({ label, value: value * factor }));
  const most = Math.max(
    ...rows.map(({ high }) => high),
    ...seeds.map(({ value }) => value),
    ...floors.map(({ value }) => value),
  );
  const least = Math.min(
    0,
    ...rows.map(({ low }) => low),
    ...seeds.map(({ value }) => value),
    ...floors.map(({ value }) => value),
  );
  const domain = [least, most > least ? most : least + 1];
  const labels = floors.map(({ label }) => label);
  const y = {
    field: 'name',
    type: 'nominal',
    sort: null,
    title: null,
    axis: { ticks: false, domain: false, labelLimit: 0, labelPadding: 8 },
  } as const;
  const texts = rows.map(({ text }) => text);
  const padding = { left: textWidth(names(bars)) + 12, right: textWidth(texts) + 14, top: 26, bottom: 42 };
  const plotWidth = Math.max(leastPlotWidth, width - padding.left - padding.right);
  const columns = legendColumns(labels, plotWidth + padding.right);
  if (labels.length > 0) padding.top += Math.ceil(labels.length / columns) * 18 + 5;
  const legend = { columns, symbolType: 'stroke' } as const;
  const specification: TopLevelSpec = {
    title: { text: title, frame: 'group', dx: -padding.left },
    width: plotWidth,
    height: bars.length * 30,
    autosize: 'none', // the margins are ours: vega takes names for wider than they are and would shrink the plot
    padding,
    data: { values: rows },
    encoding: { y },
    layer: [
      {
        mark: { type: 'bar', height: { band: 0.62 } },
        encoding: {
          x: {
            field: 'mean',
            type: 'quantitative',
            title: xLabel,
            scale: { domain, nice: true },
            axis: { tickCount: 5 },
          },
          color: { condition: { test: 'datum.emphasis', value: accentColor }, value: quietColor },
          opacity: { condition: { test: 'datum.emphasis', value: 0.75 }, value: 0.5 },
        },
      },
      {
        transform: [{ filter: 'datum.high > datum.low' }],
        mark: { type: 'rule', strokeWidth: 1.6, stroke: ink },
        encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } },
      },
      {
        data: { values: seeds },
        mark: { type: 'circle', size: 22, color: ink, opacity: 0.7 },
        encoding: { x: { field: 'value', type: 'quantitative' } },
      },
      {
        mark: { type: 'text', align: 'left', fontSize: 12.5, fill: ink, x: { expr: 'width + 10' } },
        encoding: { text: { field: 'text' } },
      },
      {
        data: { values: floors },
        mark: { type: 'rule', strokeWidth: 1.4, stroke: ink },
        encoding: {
          y: { value: 0 },
          y2: { value: 'height' },
          x: { field: 'value', type: 'quantitative' },
          strokeDash: {
            field: 'label',
            type: 'nominal',
            scale: { domain: labels, range: labels.map((_, index) => [5 - (index % 3) * 1.5, 3]) },
            legend: labels.length > 0 ? legend : null,
          },
        },
      },
    ],
  };
  return chartSvg(specification, title);
}

function assertBars({ bars, baselines = [] }: BarChart): void {
  const where = 'barChart';
  if (bars.length === 0) throw new SemmaeError({ where, requirement: 'bars must not be empty', got: 'none' });
  if (new Set(names(bars)).size < bars.length)
    throw new SemmaeError({ where, requirement: 'bars must have different names', got: names(bars) });
  const wrong = baselines.find(({ value }) => !Number.isFinite(value));
  if (wrong)
    throw new SemmaeError({ where, requirement: `baseline "${wrong.label}" must be finite`, got: wrong.value });
}

/** A plot narrower than this compares nothing; the drawing grows instead. */
const leastPlotWidth = 180;

function names(bars: readonly Bar[]): string[] {
  return bars.map(({ name }) => name);
}

/** Pixels of the longest text at the chart's font size; an estimate that fits wide fonts such as DejaVu Sans. */
function textWidth(texts: readonly string[]): number {
  return Math.ceil(Math.max(...texts.map((text) => text.length)) * 7.3);
}
