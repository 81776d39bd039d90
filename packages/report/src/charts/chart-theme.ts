// How charts look: neutral ink that follows the page, colors that hold on light and on dark paper.

import type { Config } from 'vega-lite';

/** Each has a contrast of at least 3:1 on white and on the report's dark background, and its own lightness or hue. */
const seriesColors = ['#2f80d0', '#d4631c', '#159a74', '#c45a9b', '#8b6fd6', '#a8852b', '#c9484f', '#3c97a8'];

/** Beyond eight series colors repeat with another dash, so that no two lines are alike up to 24. */
const seriesDashes = [[], [6, 3], [2, 2]];

/** Marks that are not a series: the reader's text color, black where there is no page. */
export const ink = 'currentColor';
export const accentColor = seriesColors[0]!;
export const quietColor = '#8d929c';

export interface SeriesLook {
  readonly colors: string[];
  readonly dashes: number[][];
}

/** Colors and dashes of `count` series, in order. */
export function seriesLook(count: number): SeriesLook {
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    colors: indices.map((index) => seriesColors[index % seriesColors.length]!),
    dashes: indices.map((index) => seriesDashes[Math.floor(index / seriesColors.length) % seriesDashes.length]!),
  };
}

/** As many legend columns as fit beside each other; the widths are estimates, because nothing measures text here. */
export function legendColumns(names: readonly string[], width: number): number {
  const longest = Math.max(1, ...names.map((name) => name.length));
  return Math.max(1, Math.min(names.length, Math.floor(width / (longest * 7.1 + 34))));
}

export const chartConfig: Config = {
  font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  background: 'transparent',
  padding: { left: 0, top: 2, right: 4, bottom: 2 },
  aria: false, // the whole drawing is labeled once; thousands of labeled points help nobody
  view: { stroke: null },
  title: { color: ink, fontSize: 14, fontWeight: 600, anchor: 'start', offset: 10 },
  axis: {
    labelColor: ink,
    labelOpacity: 0.75,
    labelFontSize: 12,
    titleColor: ink,
    titleOpacity: 0.75,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    gridColor: ink,
    gridOpacity: 0.12,
    domainColor: ink,
    domainOpacity: 0.35,
    tickColor: ink,
    tickOpacity: 0.35,
    tickSize: 4,
    labelFlush: false,
  },
  legend: {
    orient: 'top',
    title: null,
    labelColor: ink,
    labelFontSize: 12.5,
    labelLimit: 0,
    symbolSize: 160,
    symbolStrokeWidth: 2.5,
    symbolOpacity: 1,
    columnPadding: 16,
    rowPadding: 3,
    offset: 8,
  },
};
