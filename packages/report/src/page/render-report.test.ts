import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import { testPicture } from '../__fixtures__/test-picture';
import { renderReport } from './render-report';
import type { ReportContent, Section } from './report-content';

const picture = testPicture(5, 7);
const hostile = '<script>alert("x")</script>\' onload=1';
const points = [
  [0, 2],
  [1, 1],
] as const;

const sections: Section[] = [
  {
    kind: 'gallery',
    title: `Gallery ${hostile}`,
    note: hostile,
    columns: [hostile, 'parts'],
    rows: [{ caption: hostile, pictures: [picture, null] }],
    legend: [{ label: hostile, color: [1, 2, 3] }],
    heatScale: { colorMap: 'magma', low: hostile, high: 'most' },
  },
  {
    kind: 'table',
    title: 'Strategies',
    columns: [{ label: 'Strategy' }, { label: hostile, detail: hostile, align: 'right' }],
    rows: [
      { cells: [hostile, 3], emphasis: 'strong' },
      { cells: ['chance', null], emphasis: 'quiet' },
    ],
  },
  {
    kind: 'chart',
    title: 'Curves',
    charts: [
      {
        type: 'line',
        chart: {
          title: hostile,
          xLabel: hostile,
          yLabel: 'loss',
          series: [
            { name: 'a', points },
            { name: hostile, points },
          ],
        },
      },
      {
        type: 'bar',
        chart: {
          title: 'bars',
          xLabel: 'x',
          bars: [{ name: hostile, values: [1, 2] }],
          baselines: [{ label: hostile, value: 1 }],
        },
      },
    ],
  },
  { kind: 'text', title: 'Notes', paragraphs: [hostile], items: [hostile], tone: 'caution' },
  { kind: 'facts', title: 'Made by', command: hostile, facts: [{ label: hostile, value: hostile }] },
];
const content: ReportContent = {
  title: hostile,
  subtitle: hostile,
  headline: [{ label: hostile, value: hostile, detail: hostile }],
  sections,
};

describe('renderReport', () => {
  it('escapes every text wherever it stands', async () => {
    const page = await renderReport(content);
    expect(page).not.toContain('<script');
    const raw = page.matchAll(/(.)&lt;script&gt;alert\("x"\)/g); // quotes may stand in text between tags, never in attributes
    for (const [, before] of raw) expect(before).toBe('>');
    expect(page.split('&lt;script&gt;').length - 1).toBeGreaterThanOrEqual(24); // each place of `hostile` above, some twice
  });

  it('loads nothing: no address but data:, no script, and a policy that forbids both', async () => {
    const page = await renderReport(content);
    expect(page).not.toMatch(/https?:\/\//);
    const addresses = Array.from(page.matchAll(/\s(?:src|href|xlink:href)="([^"]*)"/g), ([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) expect(address).toMatch(/^(data:image\/png;base64,|#section-\d)/);
    expect(page).not.toMatch(/@import|@font-face|<link|<iframe/);
    expect(page).toContain('Content-Security-Policy');
  });

  it('embeds pictures losslessly, enlarged by whole factors', async () => {
    const page = await renderReport(content);
    const [, base64] = /src="data:image\/png;base64,([^"]+)"/.exec(page)!;
    const { data, info } = await sharp(Buffer.from(base64!, 'base64')).raw().toBuffer({ resolveWithObject: true });
    expect([info.height, info.width]).toEqual([5, 7]);
    expect(new Uint8Array(data)).toEqual(picture.pixels);
    expect(page).toContain('width="126" height="90"'); // 128 holds 7 pixels 18 times
  });

  it('is the same page for the same content', async () => {
    expect(await renderReport(content)).toBe(await renderReport(structuredClone(content)));
  });

  it('shows what each section holds', async () => {
    const page = await renderReport({ ...content, title: 'Plain' });
    expect(page).toContain('<title>Plain</title>');
    expect(page).toContain('<td class="right">3</td>');
    expect(page).toContain('<td class="right">–</td>');
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page.match(/<section id=/g)).toHaveLength(5);
    expect(page.match(/class="caution"/g)).toHaveLength(1);
  });

  it('needs no headline and no sections', async () => {
    const page = await renderReport({ title: 'Empty', sections: [] });
    expect(page).toContain('<h1>Empty</h1>');
    expect(page).not.toContain('<nav');
  });

  it('says which row is wrong', async () => {
    const table: Section = { kind: 'table', title: 'T', columns: [{ label: 'a' }], rows: [{ cells: [1, 2] }] };
    await expect(renderReport({ title: 't', sections: [table] })).rejects.toThrow(
      'table "T": row 0 must hold 1 values, got 2',
    );
    const gallery: Section = { kind: 'gallery', title: 'G', columns: ['a'], rows: [{ caption: 'r', pictures: [] }] };
    await expect(renderReport({ title: 't', sections: [gallery] })).rejects.toThrow(
      /gallery "G": row "r" must hold 1 values, got 0/,
    );
    const broken = { ...picture, pixels: picture.pixels.subarray(3) };
    const rows = [{ caption: 'r', pictures: [broken] }];
    await expect(renderReport({ title: 't', sections: [{ ...gallery, rows }] })).rejects.toThrow(
      /"r", "a"\.pixels must hold 105/,
    );
  });
});
