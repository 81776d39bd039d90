// Curves of training: many strategies, bands over seeds, smoothing, logarithmic axes.

import { assertOneOf, SemmaeError } from '@semmae/core';
import type { TopLevelSpec } from 'vega-lite';

import { chartSvg } from './chart-svg';
import { legendColumns, seriesLook } from './chart-theme';
import { assertSeries, type Point, type Series } from './series';
import { smoothedPoints } from './smoothed-points';
import { thinnedIndices } from './thinned-indices';

export interface LineChart {
  title: string;
  xLabel: string;
  yLabel: string;
  series: readonly Series[];
  /** Default 'linear'. */
  yScale?: 'linear' | 'log';
  /** Weight of the past in [0, 1), see `smoothedPoints`; the raw line stays behind, faint. Default 0. */
  smoothing?: number;
  /** Size of the plot inside its axes, in pixels. Default 440 x 240. */
  width?: number;
  height?: number;
}

/** Points drawn per series, about as many as the plot has columns of pixels. */
const mostPoints = 400;

/** SVG of the chart. Text and axes take the color of the surrounding text, so it fits light and dark pages. */
export async function lineChart(chart: LineChart): Promise<string> {
  const { title, xLabel, yLabel, series, yScale = 'linear', smoothing = 0, width = 440, height = 240 } = chart;
  assertOneOf('lineChart', 'yScale', yScale, ['linear', 'log']);
  if (series.length === 0)
    throw new SemmaeError({ where: 'lineChart', requirement: 'series must not be empty', got: 'none' });
  assertSeries('lineChart', series, { positive: yScale === 'log' });
  const names = series.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw new SemmaeError({ where: 'lineChart', requirement: 'series must have different names', got: names });
  }
  const { colors, dashes } = seriesLook(series.length);
  const x = {
    field: 'x',
    type: 'quantitative',
    title: xLabel,
    scale: { nice: false, zero: false },
    axis: { grid: false, tickCount: 6 },
  } as const;
  const y = {
    field: 'y',
    type: 'quantitative',
    title: yLabel,
    scale: { type: yScale, zero: false, nice: yScale === 'linear' },
    axis: { tickCount: 5 },
  } as const;
  const legend = series.length > 1 ? { columns: legendColumns(names, width), symbolType: 'stroke' } : null;
  const color = { field: 'series', type: 'nominal', scale: { domain: names, range: colors }, legend } as const;
  const dash = { field: 'series', type: 'nominal', scale: { domain: names, range: dashes }, legend } as const;
  const line = {
    type: 'line',
    strokeWidth: 1.8,
    strokeJoin: 'round',
    point: series.every(({ points }) => points.length === 1),
  } as const;
  const specification: TopLevelSpec = {
    title,
    width,
    height,
    data: { values: series.flatMap((one) => drawnRows(one, { smoothing, positive: yScale === 'log' })) },
    layer: [
      {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'area', opacity: 0.16 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: color },
      },
      {
        transform: [{ filter: 'isValid(datum.raw)' }],
        mark: { type: 'line', strokeWidth: 1, opacity: 0.28 },
        encoding: { x, y: { ...y, field: 'raw' }, color: color },
      },
      { mark: line, encoding: { x, y, color: color, strokeDash: dash } },
    ],
  };
  return chartSvg(specification, title);
}

interface DrawnRow {
  [field: string]: string | number | null;
}

function drawnRows(
  { name, points, spread }: Series,
  { smoothing, positive }: { smoothing: number; positive: boolean },
): DrawnRow[] {
  const drawn: readonly Point[] = smoothing > 0 ? smoothedPoints(points, smoothing) : points;
  const floor = positive ? Math.min(...points.map(([, y]) => y)) / 10 : Number.NEGATIVE_INFINITY; // a band has no place below 0 there
  return thinnedIndices(points.length, mostPoints).map((index) => {
    const [x, y] = drawn[index]!;
    const half = spread?.[index];
    return {
      series: name,
      x,
      y,
      raw: smoothing > 0 ? points[index]![1] : null,
      low: half === undefined ? null : Math.max(floor, y - half),
      high: half === undefined ? null : y + half,
    };
  });
}
