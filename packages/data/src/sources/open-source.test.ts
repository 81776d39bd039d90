import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { imageDataset } from '../image-dataset-of';
import { partDataset } from '../part-images/part-dataset';
import { isIdx } from './open-idx-source';
import { openSource } from './open-source';
import { describeImageSource } from './testing';

const fixtures = fileURLToPath(new URL('./__fixtures__/', import.meta.url));
const tables = fileURLToPath(new URL('./parquet/__fixtures__/', import.meta.url));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'open-source-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describeImageSource(() => openSource('built-in:11', { imageSize: { height: 17, width: 23 } }), { title: 'built-in' });

describe('openSource', () => {
  it.each([
    ['Parquet files in a folder', join(tables, 'birds'), 12, 'data/train-00000-of-00002/0'],
    ['a Parquet file', join(tables, 'two-labels.parquet'), 3, 'two-labels/0'],
    ['a pattern of Parquet files', join(tables, 'birds/data/test-*.parquet'), 2, 'test-00000-of-00001/0'],
    ['CIFAR-10', join(fixtures, 'cifar-10'), 5, 'data_batch_1/0'],
    ['CIFAR-100', join(fixtures, 'cifar-100/test.bin'), 1, 'test/0'],
    ['idx', join(fixtures, 'idx'), 7, 'train/0'],
    ['an idx file', join(fixtures, 'idx/t10k-images-idx3-ubyte'), 3, 't10k/0'],
    ['the built-in data set', 'built-in:5', 5, 'pretrain/0'],
  ])('recognizes %s', async (_, path, length, firstId) => {
    const source = await openSource(path, path.includes('two-labels') ? { label: 'fine_label' } : {});
    expect([source.length, source.idAt(0)]).toEqual([length, firstId]);
    await source.read(length - 1);
    source.close?.();
  });

  it('takes everything else for a folder of images, also one with a table beside them', async () => {
    mkdirSync(join(root, 'ant'));
    const picture = sharp({ create: { width: 7, height: 5, channels: 3, background: 'red' } });
    writeFileSync(join(root, 'ant/1.png'), await picture.png().toBuffer());
    writeFileSync(join(root, 'metadata.parquet'), '');
    const source = await openSource(root);
    expect([source.length, source.idAt(0), source.classNames]).toEqual([1, 'ant/1', ['ant']]);
    expect(isIdx(root)).toBe(false);
    await expect(openSource(join(root, 'none'))).rejects.toThrow(/none must be a folder/);
  });

  it('draws the built-in data set at the size that is asked for', async () => {
    const imageSize = { height: 24, width: 40 };
    const drawn = await partDataset({ seed: 0, count: 7, ...imageSize }).get(3);
    const { image, mask, label } = await (await openSource('built-in:7', { imageSize })).read(3);
    expect([image, mask, label]).toEqual([
      { ...imageSize, channels: 3, pixels: drawn.pixels },
      { ...imageSize, ids: drawn.parts },
      drawn.label,
    ]);
    expect((await openSource('built-in')).length).toBe(1000);
    await expect(openSource('built-in:x')).rejects.toThrow(
      'built-in:<count> must name an integer of at least 1, got x',
    );
  });

  it('passes wishes on, and refuses those that a kind has no use for', async () => {
    const [fine, coarse] = await Promise.all(
      ['fine', 'coarse'].map((label) => openSource(join(fixtures, 'cifar-100'), { label, split: 'test' })),
    );
    expect([fine!.labelAt!(0), coarse!.labelAt!(0)]).toEqual([3, 1]);
    for (const [path, wish, message] of [
      [
        root,
        { split: 'test' },
        /a folder of images takes only masks, partNames, labelFile, layout, got split test; leave it out$/,
      ],
      [join(fixtures, 'idx'), { label: 'a' }, /idx takes only split, got label a/],
      ['built-in:3', { masks: 'a' }, /the built-in data set takes none of these options, got masks a/],
    ] as const) {
      await expect(openSource(path, wish)).rejects.toThrow(message);
    }
  });

  it('gives data sets of pixels and of files', async () => {
    for (const [path, form] of [
      [join(fixtures, 'cifar-10'), { height: 32, width: 32, channels: 3 }],
      [join(tables, 'birds'), { height: 5, width: 7, channels: 3 }],
    ] as const) {
      expect(await imageDataset(await openSource(path)).get(1)).toMatchObject(form);
    }
  });
});
