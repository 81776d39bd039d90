import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { drawGallery } from './gallery';
import { parseOptions } from './options';
import { galleryStrategies } from './strategies';
import { openSubject } from './subject';
import { summarize } from './summarize';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semmae-gallery-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = (...parameters: string[]) =>
  parseOptions(['node', 'gallery', '--out', join(folder, 'out'), ...parameters]);

describe('the masking gallery', () => {
  it('draws the chosen strategies, and says which cannot mask the grid', async () => {
    const done: string[] = [];
    const { rows, leftOut } = await drawGallery(
      options('--grid', '7x5', '--draws', '70', '--strategies', 'random,unit,semantic-1'),
      (name) => done.push(name),
    );
    expect(done).toEqual(['random', 'unit', 'semantic-1']);
    expect(rows.map(({ name }) => name)).toEqual(['random', 'semantic-1']);
    expect(leftOut).toEqual([{ name: 'unit', reason: expect.stringMatching(/multiples of the unit.*got 7x5/) }]);

    const out = join(folder, 'out');
    expect((await readdir(out)).sort()).toEqual(['index.html', 'maps', 'masking-gallery.png', 'table.md']);
    expect((await readdir(join(out, 'maps'))).sort()).toEqual(['random.png', 'semantic-1.png']);
    const table = await readFile(join(out, 'table.md'), 'utf8');
    expect(table.split('\n')[2]).toMatch(
      /^\| Random \(MAE\) \| `random` \| [\d.]+ \| 77.1 \| [\d.]+ \| always 27 of 35 \|$/,
    );
    expect(await readFile(join(out, 'index.html'), 'utf8')).toContain('Not on this grid');
  }, 20_000);

  it('takes a photograph of any size', async () => {
    const file = join(folder, 'photograph.jpg');
    await sharp({ create: { width: 90, height: 41, channels: 3, background: '#a07030' } })
      .jpeg()
      .toFile(file);
    const { grid } = options('--grid', '3x4');
    const { image, context } = await openSubject(grid, file);
    expect([image.height, image.width]).toEqual([48, 64]);
    expect(image.pixels).toHaveLength(48 * 64 * 3);
    expect(Math.abs(image.pixels[0]! - 0xa0)).toBeLessThan(4); // JPEG
    expect(context.attention).toHaveLength(12);
    expect(Math.max(...context.parts!)).toBeGreaterThan(0);
  });

  it('says what is wrong with a file that is no picture', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'words');
    for (const wrong of [file, join(folder, 'nowhere.png')]) {
      await expect(openSubject(options().grid, wrong)).rejects.toThrow(
        /^gallery: --image must be a picture that can be read, got .*(notes.txt|nowhere.png): Input file/,
      );
    }
  });

  it('shows published defects', async () => {
    const { grid } = options();
    const { context } = await openSubject(grid);
    const summaryOf = (name: string, draws = 600) =>
      summarize(galleryStrategies.find((strategy) => strategy.name === name)!, context, { draws, seed: 1 });
    const isLast = (patch: number) => patch >= 13 * 14 || patch % 14 === 13;

    const { frequency: targets } = summaryOf('ijepa-targets');
    expect(Array.from(targets).every((share, patch) => (share === 0) === isLast(patch))).toBe(true);
    const { frequency: mended } = summaryOf('multi-block-targets');
    expect(Array.from(mended).every((share) => share > 0)).toBe(true);

    const { frequency: blocks, counts } = summaryOf('beit-v1');
    expect(blocks[0]).toBeLessThan(0.1); // center bias: 4 % against 71 %
    expect(blocks[6 * 14 + 6]).toBeGreaterThan(0.6);
    expect(counts[75]! / 600).toBeGreaterThan(0.5); // 67 % of masks have the count; 5 sigma are 10 %
    expect(counts[75]! / 600).toBeLessThan(0.8);
    expect(summaryOf('block').counts[75]).toBe(600);
  });

  it('gives each strategy masks of its own seed', async () => {
    const { grid } = options('--grid', '4x4');
    const { context } = await openSubject(grid);
    const row = (seed: number) => summarize(galleryStrategies[0]!, context, { draws: 9, seed });
    expect(row(3)).toEqual(row(3));
    expect(row(3).masks).not.toEqual(row(4).masks);
  });

  it('has rows that differ in name, title and call', () => {
    for (const key of ['name', 'title'] as const) {
      expect(new Set(galleryStrategies.map((strategy) => strategy[key])).size).toBe(galleryStrategies.length);
    }
    for (const { name } of galleryStrategies) expect(name).toMatch(/^[a-z0-9-]+$/); // it names files
  });

  it.each([
    [['--grid', '14'], /^gallery: --grid must be <rows>x<columns>, got 14; such as 14x14/],
    [['--grid', '0x4'], /--grid must be <rows>x<columns>, got 0x4/],
    [['--draws', 'many'], /--draws must be an integer of at least 1, got NaN/],
    [['--strategies', 'random,magic'], /--strategies must be names of the table, got magic; choose from random, /],
  ])('refuses %j', (parameters, message) => {
    expect(() => options(...parameters)).toThrow(message);
  });

  it('says when nothing can mask the grid', async () => {
    await expect(drawGallery(options('--grid', '3x3', '--strategies', 'unit'))).rejects.toThrow(
      /^gallery: a strategy must be able to mask the grid, got unitMasking: /,
    );
  });
});
