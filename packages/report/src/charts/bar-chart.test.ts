import { describe, expect, it } from 'vitest';

import { barChart } from './bar-chart';

describe('barChart', () => {
  const bars = [
    { name: 'random', values: [0.599, 0.612, 0.625] },
    { name: 'semantic <0→1>', values: [0.7], emphasis: true },
  ];

  it('prints names, mean and spread, and baselines', async () => {
    const baselines = [
      { label: 'chance', value: 0.1 },
      { label: 'pixels', value: 0.3 },
    ];
    const svg = await barChart({ title: 'Probe', xLabel: 'top-1 (%)', bars, baselines, percent: true });
    for (const text of [
      'random',
      'semantic &lt;0→1&gt;',
      '61.2 ± 1.3',
      '70.0 (1 seed)',
      'chance',
      'pixels',
      'top-1 (%)',
    ]) {
      expect(svg).toContain(`>${text}<`);
    }
    expect(svg).not.toMatch(/ id=|url\(|NaN/);
  });

  it('starts bars at zero, so that lengths are honest', async () => {
    const svg = await barChart({
      title: 'Probe',
      xLabel: 'x',
      bars: [
        { name: 'a', values: [98] },
        { name: 'b', values: [99] },
      ],
    });
    expect(svg).toContain('>0<');
  });

  it('keeps its width, whatever the names, so that charts stand side by side in one type size', async () => {
    const longer = [{ name: 'semantic-guided 0→1', values: [1, 2] }];
    for (const drawn of [bars, longer])
      expect(await barChart({ title: 't', xLabel: 'x', bars: drawn })).toContain(' width="505"');
  });

  it('survives zeros and refuses what it cannot draw', async () => {
    expect(await barChart({ title: 't', xLabel: 'x', bars: [{ name: 'a', values: [0] }] })).not.toContain('NaN');
    await expect(barChart({ title: 't', xLabel: 'x', bars: [] })).rejects.toThrow(/must not be empty/);
    await expect(barChart({ title: 't', xLabel: 'x', bars: [{ name: 'a', values: [] }] })).rejects.toThrow(/got none/);
  });
});
