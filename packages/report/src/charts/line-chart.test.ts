import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import { lineChart } from './line-chart';
import type { Point } from './series';

const falling: Point[] = Array.from({ length: 1500 }, (_, step) => [step, 1 / (1 + step / 100)]);
const labels = { title: 'Pre-training loss', xLabel: 'step', yLabel: 'loss' };

describe('lineChart', () => {
  it('names every series, the axes and the title as text', async () => {
    const names = ['random', 'block', 'attention <b>', 'whole parts', 'semantic 0→1'];
    const svg = await lineChart({ ...labels, series: names.map((name) => ({ name, points: falling })) });
    for (const text of [
      'random',
      'block',
      'attention &lt;b&gt;',
      'whole parts',
      'semantic 0→1',
      'Pre-training loss',
      'step',
      'loss',
    ]) {
      expect(svg).toContain(`>${text}<`);
    }
    expect(svg).not.toContain('<b>');
  });

  it('is the same text every time, without ids that could clash on a page', async () => {
    const chart = {
      ...labels,
      series: [{ name: 'a', points: falling, spread: falling.map(() => 0.1) }],
      smoothing: 0.9,
    };
    const svg = await lineChart(chart);
    expect(await lineChart(chart)).toBe(svg);
    expect(svg).not.toMatch(/ id=|url\(/);
    expect(svg.length).toBeLessThan(60_000); // 1,500 points are thinned and rounded
  });

  it('draws a band, the raw line behind the smoothed one, and a logarithmic axis', async () => {
    const plain = await lineChart({ ...labels, series: [{ name: 'a', points: falling }] });
    const band = await lineChart({
      ...labels,
      series: [{ name: 'a', points: falling, spread: falling.map(() => 0.1) }],
    });
    const smooth = await lineChart({ ...labels, series: [{ name: 'a', points: falling }], smoothing: 0.5 });
    const log = await lineChart({
      ...labels,
      series: [{ name: 'a', points: falling, spread: falling.map(() => 9) }],
      yScale: 'log',
    });
    expect(band).toContain('opacity="0.16"');
    expect(plain).not.toContain('opacity="0.16"');
    expect(smooth).toContain('opacity="0.28"');
    expect(plain).not.toContain('opacity="0.28"');
    expect(log).not.toMatch(/NaN|Infinity/); // the band would reach below zero
  });

  it('draws the least data there can be', async () => {
    const svg = await lineChart({ ...labels, series: [{ name: 'only', points: [[0, 2]] }] });
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect((await sharp(Buffer.from(svg)).metadata()).width).toBeGreaterThan(440);
  });

  it('says what cannot be drawn', async () => {
    const draw = (points: Point[], yScale: 'linear' | 'log' = 'linear') =>
      lineChart({ ...labels, series: [{ name: 's', points }], yScale });
    await expect(draw([])).rejects.toThrow('series "s" must hold points, got none');
    await expect(draw([[3, Number.NaN]])).rejects.toThrow(/series "s" must be finite, got \[3, NaN\]/);
    await expect(draw([[3, 0]], 'log')).rejects.toThrow(/positive on a logarithmic scale, got \[3, 0\]/);
    await expect(lineChart({ ...labels, series: [] })).rejects.toThrow(/must not be empty/);
    const twins = [
      { name: 's', points: falling },
      { name: 's', points: falling },
    ];
    await expect(lineChart({ ...labels, series: twins })).rejects.toThrow(/different names, got \[s, s\]/);
    await expect(lineChart({ ...labels, series: [{ name: 's', points: falling, spread: [1] }] })).rejects.toThrow(
      /must hold 1500/,
    );
  });
});
