import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openByteFile } from '@semmae/checkpoints';
import { bufferSource } from '@semmae/checkpoints/browser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type HubServer, startHubServer } from '../../../../checkpoints/src/hub/__fixtures__/hub-server';
import { imageDataset } from '../../image-dataset-of';
import { UnreadableImage } from '../../unreadable-image';
import type { ImageSource } from '../image-source';
import { describeImageSource } from '../testing';
import { type OpenParquetSourceOptions, openParquetSource } from './open-parquet-source';
import { parquetSource } from './parquet-source';

const folder = fileURLToPath(new URL('./__fixtures__/', import.meta.url));
type Table = Record<string, (string | number | null)[]>;
/** What pyarrow reads; of bytes, the beginning of their SHA-256. */
const expected = JSON.parse(readFileSync(join(folder, 'parquet-tables.json'), 'utf8')) as Record<string, Table>;
const codecs = ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'].flatMap((codec) => [`${codec}-1`, `${codec}-2`]);
const trainNames = [0, 1].map((part) => `birds/data/train-0000${part}-of-00002.parquet`);

const digest = (bytes: unknown) =>
  createHash('sha256')
    .update(bytes as Uint8Array)
    .digest('hex')
    .slice(0, 16);
const indices = ({ length }: { length: number }) => Array.from({ length }, (_, index) => index);
const idsOf = (source: ImageSource) => indices(source).map((index) => source.idAt(index));
const labelsOf = (source: ImageSource) => indices(source).map((index) => source.labelAt?.(index) ?? null);
/** Backwards, so that no image is read as the one after the last. */
async function digestsOf(source: ImageSource, part: 'image' | 'mask' = 'image'): Promise<string[]> {
  const samples = await Promise.all(
    indices(source)
      .reverse()
      .map((index) => source.read(index)),
  );
  return samples.reverse().map((sample) => digest(sample[part]));
}

describeImageSource(() => openParquetSource(join(folder, 'birds')), { title: 'several Parquet files', length: 12 });
describeImageSource(() => openParquetSource(join(folder, 'with-masks.parquet')), { title: 'Parquet with masks' });
describeImageSource(
  () => openParquetSource(join(folder, 'codecs/zstd-2.parquet'), { label: 'species', id: 'id', cacheBytes: 0 }),
  { title: 'pages of Parquet' },
);

describe('openParquetSource', () => {
  it('reads what datasets writes, a shard a row group', async () => {
    const source = await openParquetSource(join(folder, 'birds'));
    const [first, second] = trainNames.map((name) => expected[name]!);
    expect(source.length).toBe(12);
    expect(source.classNames).toEqual(['albatross', 'bittern', 'crane']);
    expect(labelsOf(source)).toEqual([...first!.label!, ...second!.label!]);
    expect(await digestsOf(source)).toEqual([...first!.image!, ...second!.image!]);
    expect([source.idAt(6), source.idAt(7)]).toEqual(['data/train-00000-of-00002/6', 'data/train-00001-of-00002/0']);
    expect(source.shardStarts).toEqual([0, 3, 6, 7, 10]);
    expect(source.leftOut?.summary()).toBe('1 file of another split');
    expect((await source.read(8)).label).toBe(2);
    expect((await source.read(8)).names).toEqual({ image: `row 1 of ${join(folder, trainNames[1]!)}` });
    source.close?.();
  });

  it('takes the split that is asked for; negative labels are none', async () => {
    const source = await openParquetSource(join(folder, 'birds'), { split: 'eval' });
    expect(await digestsOf(source)).toEqual(expected['birds/data/test-00000-of-00001.parquet']!.image);
    expect(labelsOf(source)).toEqual([null, null]);
    expect((await source.read(1)).label).toBeUndefined();
    await expect(openParquetSource(join(folder, 'birds'), { split: 'extra' })).rejects.toThrow(
      'the split must be one of test, train, got extra',
    );
  });

  it('takes files by a pattern, and several by name', async () => {
    const second = expected[trainNames[1]!]!.image;
    const source = await openParquetSource(join(folder, 'birds/*/train-00001-*.parquet'));
    expect([await digestsOf(source), source.idAt(0)]).toEqual([second, 'data/train-00001-of-00002/0']);
    const named = await openParquetSource(
      [trainNames[1]!, 'birds/data/test-00000-of-00001.parquet'].map((name) => join(folder, name)),
      { split: 'train' },
    );
    expect([await digestsOf(named), named.idAt(0)]).toEqual([second, 'train-00001-of-00002/0']);
    await expect(openParquetSource(join(folder, 'birds/x-*.parquet'))).rejects.toThrow(
      /x-\*\.parquet: must name \.parquet files, got none of \d+ entries$/,
    );
  });

  it.each(codecs)('decodes pages of %s', async (name) => {
    const { image, species, id } = expected.codecs!;
    const path = join(folder, `codecs/${name}.parquet`);
    const classNames = ['albatross', 'bittern', 'crane'];
    for (const atOnce of [0, 2 ** 20]) {
      const table = { id: 'birds', bytes: openByteFile(path) };
      const source = await parquetSource([table], { label: 'species', id: 'id', cacheBytes: 0 }, { atOnce });
      expect([source.classNames, idsOf(source)]).toEqual([classNames, id]);
      expect(labelsOf(source)).toEqual(species!.map((label) => classNames.indexOf(label as string)));
      expect(await digestsOf(source)).toEqual(image);
      source.close?.();
    }
  });

  it.each(['none-1', 'snappy-2'])('reads the pages of an image and no more: %s', async (name) => {
    const bytes = new Uint8Array(readFileSync(join(folder, `codecs/${name}.parquet`)));
    const asked: number[] = [];
    const memory = bufferSource(bytes);
    const counted = {
      ...memory,
      bytes(start: number, length: number) {
        asked.push(length);
        return memory.bytes(start, length);
      },
    };
    const source = await parquetSource([{ id: 'birds', bytes: counted }], {}, { atOnce: 0 });
    await source.read(20); // learns where pages are
    asked.length = 0;
    await source.read(33);
    const page = asked.reduce((sum, length) => sum + length, 0);
    expect(page).toBeGreaterThan(100);
    expect(page).toBeLessThan(1500); // three images and their header
    asked.length = 0;
    await Promise.all([source.read(33), source.read(33)]);
    expect(asked).toEqual([]);
  });

  it('reads rows that share one value', async () => {
    const { image, label } = expected['repeated.parquet']!;
    const table = { id: 'same', bytes: openByteFile(join(folder, 'repeated.parquet')) };
    const source = await parquetSource([table], {}, { atOnce: 0 });
    expect(await digestsOf(source)).toEqual(image);
    expect([source.classNames, labelsOf(source)]).toEqual([['0', '1', '2'], label]);
    source.close?.();
  });

  it('gives bytes of their own, which take no page along to a worker', async () => {
    const source = await openParquetSource(join(folder, 'codecs/none-1.parquet'));
    const { image } = await source.read(3);
    expect((image as Uint8Array).buffer.byteLength).toBe((image as Uint8Array).length);
  });

  it('decodes images, and withholds rows without one', async () => {
    const data = imageDataset(await openParquetSource(join(folder, 'gaps.parquet')));
    expect(await data.get(2)).toMatchObject({ id: 'gaps/2', height: 5, width: 7, channels: 3, label: 0 });
    expect(data.labelAt?.(1)).toBeUndefined();
    const error = await data.get(1).catch((cause: unknown) => cause);
    expect(UnreadableImage.isInstance(error)).toBe(true);
    expect(data.leftOut.summary()).toBe('1 without image bytes');
  });

  it('reads masks beside images', async () => {
    const source = await openParquetSource(join(folder, 'with-masks.parquet'));
    const { image, annotation, scene } = expected['with-masks.parquet']!;
    expect([await digestsOf(source), await digestsOf(source, 'mask'), labelsOf(source)]).toEqual([
      image,
      annotation,
      scene,
    ]);
    const { parts, height, width } = await imageDataset(source).get(1);
    expect([height, width, parts!.length]).toEqual([5, 7, 35]);
    const without = await openParquetSource(join(folder, 'with-masks.parquet'), { mask: false, label: false });
    expect([(await without.read(0)).mask, without.labelAt]).toEqual([undefined, undefined]);
    const swapped = await openParquetSource(join(folder, 'with-masks.parquet'), { image: 'annotation', mask: 'image' });
    expect(await digestsOf(swapped)).toEqual(annotation);
  });

  it('lets people choose among labels', async () => {
    const path = join(folder, 'two-labels.parquet');
    await expect(openParquetSource(path)).rejects.toThrow(
      /two-labels\.parquet: must have one column that can be the label, got fine_label, coarse_label; name one as `label`, or false for none$/,
    );
    expect(labelsOf(await openParquetSource(path, { label: 'coarse_label' }))).toEqual([1, 0, 0]);
    expect((await openParquetSource(path, { label: 'fine_label' })).classNames).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.each<[string, string, OpenParquetSourceOptions, RegExp]>([
    [
      'no images',
      'no-images.parquet',
      {},
      /must have a column of image files: .*, got the columns text, height; write them/,
    ],
    [
      'no such label',
      'two-labels.parquet',
      { label: 'img' },
      /the label must be a column of one number or text a row: fine_label, coarse_label, got img$/,
    ],
    [
      'no such image',
      'two-labels.parquet',
      { image: 'a', label: false },
      /the image must be a column of bytes of images: img, got a$/,
    ],
    [
      'ids that repeat',
      'codecs/none-1.parquet',
      { id: 'species' },
      /column species must name every row differently, got bittern in rows 1 and 3;/,
    ],
    [
      'no such id',
      'codecs/none-1.parquet',
      { id: 'image' },
      /the id must be a column of one number or text a row, got image; the columns are id, image, species, number$/,
    ],
    [
      'ids from paths that are not there',
      'gaps.parquet',
      { id: 'image.path' },
      /column image\.path must name every row differently, got nothing in row 0/,
    ],
    ['no file', 'none.parquet', {}, /none\.parquet: must be a Parquet file or a folder of them, got ENOENT/],
    [
      'another file',
      'parquet-tables.json',
      {},
      /parquet-tables\.json: must be a whole Parquet file, got parquet file invalid/,
    ],
  ])('says in one line that there are %s', async (_, name, options, message) => {
    await expect(openParquetSource(join(folder, name), options)).rejects.toThrow(message);
  });
});

describe('damaged tables', () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'parquet-'));
    cpSync(join(folder, 'codecs'), copy, { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  it('names a truncated file', async () => {
    const path = join(copy, 'none-1.parquet');
    writeFileSync(path, readFileSync(path).subarray(0, 3000));
    await expect(openParquetSource(path)).rejects.toThrow(
      /none-1\.parquet: must be a whole Parquet file, got .*; download or copy it anew$/,
    );
  });

  it('withholds the images of a damaged page, and no others', async () => {
    const path = join(copy, 'snappy-1.parquet');
    const whole = imageDataset(await openParquetSource(path), {}, { maxUnreadable: 1 });
    const bytes = readFileSync(path);
    const place = bytes.indexOf(Buffer.from(((await whole.sample(20)).image as Uint8Array).subarray(60, 100)));
    writeFileSync(path, bytes.fill(0xff, place - 8, place + 40));
    const table = { id: 'birds', bytes: openByteFile(path) };
    const source = await parquetSource([table], { label: false, cacheBytes: 0 }, { atOnce: 0 });
    const data = imageDataset(source, {}, { maxUnreadable: 1 });
    const read = await Promise.all(
      indices(data).map((index) =>
        data.get(index).then(
          () => true,
          () => false,
        ),
      ),
    );
    const lost = read.flatMap((isThere, index) => (isThere ? [] : [index]));
    expect(lost).toContain(20);
    expect(lost.length).toBeLessThanOrEqual(6); // two pages at most, of three rows
    source.close?.();
  });
});

describe('data sets on the hub', () => {
  let hub: HubServer;
  beforeEach(async () => {
    const names = [...trainNames, 'birds/data/test-00000-of-00001.parquet'];
    const files = Object.fromEntries(
      names.map((name) => [name.replace('birds/', ''), new Uint8Array(readFileSync(join(folder, name)))]),
    );
    const folders = {
      'cropped/train/0000.parquet': files['data/train-00000-of-00002.parquet']!,
      'full/train/0000.parquet': files['data/train-00001-of-00002.parquet']!,
    };
    hub = await startHubServer({
      'anna/birds': { kind: 'dataset', files: { 'README.md': new Uint8Array(5), ...files } },
      'anna/converted': { kind: 'dataset', files: folders, revisions: ['refs/convert/parquet'] },
      'anna/zip': { kind: 'dataset', files: { 'all.zip': new Uint8Array(5) } },
    });
  });
  afterEach(() => hub.close());
  const open = (address: string, options: OpenParquetSourceOptions = {}) =>
    openParquetSource(address, { ...options, hub: { endpoint: hub.endpoint, token: '', offline: false, retries: 0 } });

  it('are as the same files in a folder', async () => {
    for (const split of ['train', 'test']) {
      const [there, here] = [
        await open(`hf:anna/birds:${split}`),
        await openParquetSource(join(folder, 'birds'), { split }),
      ];
      expect([idsOf(there), labelsOf(there), await digestsOf(there)]).toEqual([
        idsOf(here),
        labelsOf(here),
        await digestsOf(here),
      ]);
      there.close?.();
    }
    const source = await open('hf:anna/birds');
    expect([source.name, source.length, source.leftOut?.summary()]).toEqual([
      'hf:anna/birds',
      12,
      '1 file of another split',
    ]);
    source.close?.();
  });

  it('are chosen by a pattern', async () => {
    const source = await open('hf:anna/birds:data/train-{00001,00002}-*.parquet');
    expect(await digestsOf(source)).toEqual(expected[trainNames[1]!]!.image);
    source.close?.();
    const one = await open('hf:anna/converted@refs/convert/parquet:full/**');
    expect(one.idAt(2)).toBe('full/train/0000/2');
    one.close?.();
  });

  it.each([
    [
      'a pattern without files',
      'hf:anna/birds:x/*.parquet',
      /x\/\*\.parquet must match Parquet files, got \[data\/test-/,
    ],
    ['no such split', 'hf:anna/birds:dev', /the split must be one of test, train, got dev$/],
    [
      'several configurations',
      'hf:anna/converted',
      /files must be of one configuration, got \[cropped, full\]; choose one, such as :cropped\/\*\*$/,
    ],
    [
      'no Parquet anywhere',
      'hf:anna/zip',
      /hf:anna\/zip: must have Parquet files, its own or converted, got \[all\.zip\]; download its files, and name their folder$/,
    ],
  ])('say in one line that there is %s', async (_, address, message) => {
    await expect(open(address)).rejects.toThrow(message);
  });

  it('are read as the hub has converted them', async () => {
    hub.repositories['anna/zip']!.revisions = ['refs/convert/parquet'];
    const zip = hub.repositories['anna/zip']!;
    const warnings: string[] = [];
    let asked = 0;
    hub.answer = ({ url }) => {
      if (url!.startsWith('/api/datasets/anna/zip/revision/refs%2Fconvert')) {
        asked++;
        zip.files = { 'default/train/0000.parquet': new Uint8Array(readFileSync(join(folder, trainNames[0]!))) };
      }
      return false;
    };
    const source = await open('hf:anna/zip', { onWarning: (message) => warnings.push(message) });
    expect([asked, source.length, source.idAt(0)]).toEqual([1, 7, 'default/train/0000/0']);
    expect(warnings).toEqual(['hf:anna/zip has no Parquet files of its own; reading refs/convert/parquet']);
    source.close?.();
  });
});
