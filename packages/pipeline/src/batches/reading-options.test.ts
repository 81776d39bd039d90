// What people say of how images are read, from the settings of a command to the images.

import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageDataset, LabeledImage } from '@semmae/data';

import { pixelPicture, writePng } from '@semmae/report';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { tinyData } from '../__fixtures__/tiny';
import { packData } from '../data/pack-data';
import { embedSettings, probeSettings } from '../settings/model-settings';
import { parseSettings, settingsJsonSchema } from '../settings/parse-settings';
import {
  evaluatePartsSettings,
  extractPartsSettings,
  learnPartsSettings,
  showPartsSettings,
} from '../settings/parts-settings';
import { pretrainSettings } from '../settings/pretrain-settings';
import { imagesSettings, readingSettings } from '../settings/shared-settings';
import { showMasksSettings, showReconstructionsSettings } from '../settings/show-settings';
import { openData } from './open-data';

const form = { imageSize: { height: 16, width: 24 } };

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-reading-'));
  mkdirSync(at('damaged'));
  for (let index = 0; index < 7; index++) {
    const path = at(`damaged/${index}.png`);
    await writePng(path, pixelPicture(await tinyData(7).get(index)));
    if (index === 2 || index === 5) writeFileSync(path, readFileSync(path).subarray(0, 99));
  }
  copy('rgb-nir.tif', 'four/0.tif');
  copy('rgb-16.tif', 'deep/0.tif');
  copy('stray.jpg', 'stray/0.jpg');
  for (const masks of ['void', 'colors']) {
    copy('rgb.png', `${masks}/images/0.png`);
    copy(`../../../labels/__fixtures__/labels/${masks}.png`, `${masks}/masks/0.png`);
  }
  copy('rgb.png', 'large/0.png');
  for (const name of ['a', 'b']) copy('rgb.png', `tree/${name}/0.png`);
});
afterAll(() => rmSync(scratch, { recursive: true }));

const at = (name: string) => join(scratch, name);

const fixtures = join(import.meta.dirname, '../../../data/src/pixels/__fixtures__/images');

function copy(fixture: string, name: string): void {
  mkdirSync(join(at(name), '..'), { recursive: true });
  copyFileSync(join(fixtures, fixture), at(name));
}

/** As a command does it: settings are checked, then the images are opened. */
async function open(name: string, options: Record<string, unknown>): Promise<ImageDataset> {
  const settings = parseSettings(evaluatePartsSettings, { data: at(name), shard: 's', ...options });
  return (await openData(settings, form)).all;
}

async function first(name: string, options: Record<string, unknown>): Promise<LabeledImage> {
  return (await open(name, options)).get(0);
}

async function read(name: string, options: Record<string, unknown>) {
  const all = await open(name, options);
  const images = await Promise.allSettled(Array.from({ length: all.length }, (_, index) => all.get(index)));
  return { all, images };
}

describe('settings of how images are read', () => {
  const masked = [evaluatePartsSettings, extractPartsSettings, showPartsSettings];
  const plain = [embedSettings, probeSettings, pretrainSettings, learnPartsSettings];
  it.each([
    ...masked.map((schema) => [schema, readingSettings] as const),
    ...[...plain, showMasksSettings, showReconstructionsSettings].map((schema) => [schema, imagesSettings] as const),
  ])('are settings of every command that reads images %#', (schema, expected) => {
    const { properties } = settingsJsonSchema(schema) as { properties: object };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(expected)));
  });

  it('unreadable and maxUnreadable: images are left out up to a share, or none is', async () => {
    const tolerant = await read('damaged', { maxUnreadable: 2 / 7 });
    expect(tolerant.images.map(({ status }) => status === 'fulfilled')).toEqual([1, 1, 0, 1, 1, 0, 1].map(Boolean));
    expect(tolerant.all.leftOut.total).toBe(2);
    const reasons = ({ images }: typeof tolerant) =>
      images.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(reasons(await read('damaged', {})).join()).toMatch(
      /at most 1 of 7 images may be unreadable, got 2, the last /,
    );
    expect(reasons(await read('damaged', { unreadable: 'fail' })).join()).toMatch(
      /every image must be readable, got [25]: /,
    );
    await expect(read('damaged', { maxUnreadable: 1.1 })).rejects.toThrow(
      /`maxUnreadable`: must be a number of at least 0 and at most 1/,
    );
  });

  it('channels and bands: how many, and which ones', async () => {
    await expect(open('four', {})).rejects.toThrow(/4 bands that do not say what they are, for 3 channels/);
    const [all, two] = [await first('four', { channels: 4 }), await first('four', { bands: '3,0' })];
    expect([all.channels, two.channels]).toEqual([4, 2]);
    const chosen = Array.from({ length: 16 * 24 }, (_, pixel) => [all.pixels[4 * pixel + 3], all.pixels[4 * pixel]]);
    expect(Array.from(two.pixels)).toEqual(chosen.flat());
    expect((await first('large', { channels: 1 })).channels).toBe(1);
    await expect(open('four', { bands: '0,-1' })).rejects.toThrow('`bands`: must be integers from 0, such as 3,2,1');
    await expect(open('four', { bands: [4] })).rejects.toThrow(/no band 4/);
  });

  it('valueRange: what is black and white in files of more than 8 bits', async () => {
    await expect(open('deep', {})).rejects.toThrow(/set `valueRange`/);
    const [narrow, wide] = [
      await first('deep', { valueRange: '0,3000' }),
      await first('deep', { valueRange: [0, 6e3] }),
    ];
    expect(Math.max(...narrow.pixels)).toBeGreaterThan(200);
    const inside = Array.from(narrow.pixels, (value, place) => [value, 2 * wide.pixels[place]!]).filter(
      ([value]) => value! < 255,
    );
    for (const [value, twice] of inside) expect(value).toBeCloseTo(twice!, 3); // float32
    await expect(open('deep', { valueRange: '3000' })).rejects.toThrow(/two numbers, the lower first/);
    await expect(open('deep', { valueRange: '3,1' })).rejects.toThrow(
      /valueRange must be two numbers, the lower first/,
    );
  });

  it('pixelLimit and damaged: what is left out', async () => {
    expect((await first('large', { pixelLimit: 35 })).height).toBe(16);
    await expect(open('large', { pixelLimit: 34 })).rejects.toThrow(/more than `pixelLimit` allows, 34/);
    expect((await first('stray', {})).channels).toBe(3);
    await expect(open('stray', { damaged: 'strict' })).rejects.toThrow(/none of 1; 0: /);
  });

  it('ignoreLabel and colorTable: what the numbers of masks mean', async () => {
    const [plain, ignoring] = [await first('void', {}), await first('void', { ignoreLabel: 255 })];
    expect([plain.ignoreLabel, ignoring.ignoreLabel, new Set(plain.parts).has(255)]).toEqual([undefined, 255, true]);
    await expect(open('colors', {})).rejects.toThrow(/which id a color means must be said by `colorTable`/);
    const { ids, rules } = JSON.parse(readFileSync(join(fixtures, '../../../labels/__fixtures__/labels.json'), 'utf8'))[
      'colors-table.png'
    ];
    writeFileSync(at('table.json'), JSON.stringify(rules.colorTable));
    const colored = await openData(
      { data: at('colors'), colorTable: at('table.json') },
      { imageSize: { height: 5, width: 7 } },
    );
    expect(Array.from((await colored.all.get(0)).parts!)).toEqual(ids);
    await expect(open('colors', { colorTable: at('none.json') })).rejects.toThrow(
      /^`colorTable`: .*none.json must be a JSON file/,
    );
    const unlabeled = await openData({ data: at('colors') }, { ...form, labels: false });
    expect((await unlabeled.all.get(0)).parts).toBeUndefined();
  });

  it('split and label: which ones of several', async () => {
    const birds = join(fixtures, '../../../sources/parquet/__fixtures__/birds');
    const lengths = await Promise.all(
      [{}, { split: 'test' }].map(async (options) => (await openData({ data: birds, ...options }, form)).all.length),
    );
    expect(lengths[0]).toBeGreaterThan(lengths[1]!);
    const labels = join(fixtures, '../../../sources/parquet/__fixtures__/two-labels.parquet');
    await expect(openData({ data: labels }, form)).rejects.toThrow(/label/);
    expect((await openData({ data: labels, label: 'fine_label' }, form)).all.classNames).toHaveLength(5);
  });

  it('layout and labelFile: how a folder is listed', async () => {
    const nested = await open('tree', { layout: 'nested' });
    expect([(await open('tree', {})).classNames, nested.classNames, nested.length]).toEqual([['a', 'b'], undefined, 2]);
    writeFileSync(at('labels.csv'), 'file,label\na/0.png,x\nb/0.png,y\n');
    expect((await open('tree', { labelFile: at('labels.csv') })).classNames).toEqual(['x', 'y']);
    await expect(open('tree', { missingShards: 'skip' })).rejects.toThrow(
      /a folder of images takes only .*, got missingShards skip/,
    );
  });

  it('missingShards and cacheIndex: what becomes of shards', async () => {
    const cache = at('cache');
    vi.stubEnv('SEMMAE_CACHE', cache);
    await packData({ data: at('tree'), out: at('shards/{0..}.tar.gz'), maxImages: 1 });
    const range = 'shards/{0..2}.tar.gz';
    await expect(open(range, {})).rejects.toThrow(/2 .*shards are missing|no file; 1 of 3 shards/);
    expect((await open(range, { missingShards: 'skip', cacheIndex: false })).length).toBe(2);
    expect(existsSync(cache)).toBe(false);
    expect((await open(range, { missingShards: 'skip' })).length).toBe(2);
    expect(existsSync(cache)).toBe(true);
    vi.unstubAllEnvs();
  });

  it('act on the built-in data set too', async () => {
    const { all } = await openData({ data: 'built-in:3', channels: 1 }, form);
    const { channels, height, width } = await all.get(2);
    expect([channels, height, width]).toEqual([1, 16, 24]);
  });
});
