import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { openSource } from '@semmae/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { inspectData } from './inspect-data';
import { packData } from './pack-data';

const fixtures = join(import.meta.dirname, '../../../data/src');
const truth = JSON.parse(readFileSync(join(fixtures, 'labels/__fixtures__/labels.json'), 'utf8'));
const images = 'pixels/__fixtures__/images';
const labels = 'labels/__fixtures__/labels';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-inspect-'));
  for (const [fixture, name] of [
    ...['rgb.png', 'rgb.jpg', 'gray.png'].map(
      (name) => [`${images}/${name}`, `classes/cat/${name.replace('rgb.jpg', 'photo.jpg')}`] as const,
    ),
    [`${images}/orientation-6.jpg`, 'classes/dog/turned.jpg'],
    [`${images}/damaged.png`, 'classes/dog/damaged.png'],
    [`${images}/rgb-16.tif`, 'deep/0.tif'],
    [`${images}/nan.tif`, 'deep/1.tif'],
    [`${images}/rgb.png`, 'masked/images/deep.png'],
    [`${labels}/gray-16.png`, 'masked/masks/deep.png'],
    [`${images}/rgb.png`, 'masked/images/void.png'],
    [`${labels}/void.png`, 'masked/masks/void.png'],
    [`${images}/rgb.png`, 'masked/images/without.png'],
    [`${images}/rgb.png`, 'masked/images/colors.png'],
    [`${labels}/colors.png`, 'masked/masks/colors.png'],
    [`${images}/orientation-6.jpg`, 'masked/images/larger.jpg'],
    [`${labels}/palette-8.png`, 'masked/masks/larger.png'],
  ] as const) {
    mkdirSync(dirname(at(name)), { recursive: true });
    copyFileSync(join(fixtures, fixture), at(name));
  }
});
afterAll(() => rmSync(scratch, { recursive: true }));

const at = (name: string) => join(scratch, name);

describe('inspectData', () => {
  it('counts classes, sizes, kinds of files and turned images from headers', async () => {
    const found = await inspectData({ data: at('classes') });
    expect(found).toMatchObject({
      ...{ kind: 'a folder of images', images: 5, unlabeled: 0, labelsOf: 'all', turned: { 6: 1 }, unreadable: [] },
      classes: [
        { name: 'cat', images: 3 },
        { name: 'dog', images: 2 },
      ],
      examined: { images: 5, decoded: false },
      sizes: { height: { least: 5, median: 5, most: 100 }, width: { least: 7, median: 7, most: 140 }, different: 3 },
    });
    const kinds = found.files.map(({ format, bands, colors, depth, images }) => [format, bands, colors, depth, images]);
    expect(kinds).toEqual(
      expect.arrayContaining([
        ['PNG', 3, 'RGB', '8 bits', 2],
        ['JPEG', 3, 'RGB', '8 bits', 2],
        ['PNG', 1, 'gray', '8 bits', 1],
      ]),
    );
    expect([kinds.length, 'masks' in found && found.masks]).toEqual([3, undefined]);
  });

  it('finds damaged files by decoding, and examines a stated sample', async () => {
    const found = await inspectData({ data: at('classes'), decode: true });
    expect(found.unreadable).toEqual([
      { kind: 'damaged', count: 1, examples: [{ path: 'dog/damaged', reason: expect.any(String) }] },
    ]);
    const sample = await inspectData({ data: at('classes'), sample: 2, decode: true });
    expect([sample.examined, sample.images]).toEqual([{ images: 2, decoded: true }, 5]);
    expect(sample.files.reduce((sum, { images }) => sum + images, 0)).toBe(2);
    await expect(inspectData({ data: at('classes'), sample: 0 })).rejects.toThrow(/`sample` must be/);
  });

  it('says what the rules refuse, and which values deep files hold', async () => {
    const refused = await inspectData({ data: at('deep') });
    expect(refused.unreadable).toMatchObject([
      { count: 2, examples: [{ path: '0', reason: expect.stringContaining('`valueRange`') }, { path: '1' }] },
    ]);
    const ranged = await inspectData({ data: at('deep'), decode: true, valueRange: [0, 3000] });
    expect(ranged.unreadable).toMatchObject([{ kind: 'NaN in pixels', count: 1, examples: [{ path: '1' }] }]);
    expect(ranged.files.map(({ depth, values }) => [depth, values?.notFinite, values!.most > 1])).toEqual(
      expect.arrayContaining([
        ['16 bits', 0, true],
        ['32-bit float', 1, false],
      ]),
    );
  });

  it('counts part ids, and names masks that do not fit', async () => {
    const { masks, unreadable } = await inspectData({ data: at('masked'), ignoreLabel: 255 });
    expect(masks).toMatchObject({ images: 3, unreadable: 1, without: 1 });
    expect(masks!.sizesThatDisagree).toEqual({ count: 1, examples: ['larger: mask 5x7, image 56x40'] });
    const all: number[] = ['gray-16.png', 'void.png', 'palette-8.png'].flatMap((name) => truth[name].ids);
    for (const { id, images: count, share } of masks!.ids) {
      expect(share).toBeCloseTo(all.filter((one) => one === id).length / all.length, 12);
      if (id === 255) expect(count).toBe(1);
    }
    expect(masks!.ids.map(({ id }) => id)).toEqual([...new Set(all)].sort((a, b) => a - b));
    expect(masks!.labeledShare).toBeCloseTo(all.filter((id) => id !== 0 && id !== 255).length / all.length, 12);
    expect(unreadable).toMatchObject([{ count: 1, examples: [{ path: 'colors' }] }]);
  });

  it('draws a contact sheet, and describes shards as their folder', async () => {
    const sheet = at('sheet.png');
    const folder = await inspectData({ data: at('classes'), sheet });
    const png = readFileSync(sheet);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(8 * 7); // eight columns
    const out = at('shards/{0..}.tar');
    const packed = await packData({ data: at('classes'), out, maxImages: 2 });
    expect([packed.images, packed.shards.length]).toEqual([5, 3]);
    const { data: _named, kind, shards, ...rest } = await inspectData({ data: at('shards') });
    const { data: _too, kind: _folder, ...same } = folder;
    expect([kind, shards]).toEqual(['WebDataset', 3]);
    expect(rest).toEqual(same);
    await expect(packData({ data: at('classes'), out, maxImages: 2 })).rejects.toThrow(/must not be there yet/);
    const stopped = new AbortController();
    stopped.abort();
    const interrupted = packData({ data: at('classes'), out: at('other/{0..}.tar'), signal: stopped.signal });
    await expect(interrupted).rejects.toMatchObject({ name: 'Interrupted' });
    const source = await openSource(at('shards'));
    expect(Buffer.from((await source.read(0)).image as Uint8Array)).toEqual(readFileSync(at('classes/cat/gray.png')));
    source.close?.();
  });
});
