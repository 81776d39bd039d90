import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ImageSource, RawImage } from './image-source';
import { isCifar, openCifarSource } from './open-cifar-source';
import { isIdx, openIdxSource } from './open-idx-source';
import { describeImageSource } from './testing';

const folder = fileURLToPath(new URL('./__fixtures__/', import.meta.url));
interface Cifar {
  pixels: string[];
  labels: number[][];
}
/** What NumPy wrote, and torchvision reads. */
const expected = JSON.parse(readFileSync(join(folder, 'binary-datasets.json'), 'utf8')) as Record<string, unknown>;
const cifar = (name: string) => expected[name] as Cifar;

const indices = ({ length }: ImageSource) => Array.from({ length }, (_, index) => index);
const labelsOf = (source: ImageSource) => indices(source).map((index) => source.labelAt!(index));
async function pixelsOf(source: ImageSource): Promise<string[]> {
  const samples = await Promise.all(indices(source).map((index) => source.read(index)));
  return samples.map(({ image }) => {
    const { pixels, height, width, channels } = image as RawImage;
    expect(pixels).toHaveLength(height * width * channels);
    return createHash('sha256').update(pixels).digest('hex').slice(0, 16);
  });
}

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'binary-datasets-'));
  cpSync(folder, copy, { recursive: true });
});
afterEach(() => rmSync(copy, { recursive: true }));

describeImageSource(() => openCifarSource(join(folder, 'cifar-10')), { title: 'CIFAR-10', length: 5 });
describeImageSource(() => openCifarSource(join(folder, 'cifar-100'), { split: 'test' }), { title: 'CIFAR-100' });
describeImageSource(() => openIdxSource(join(folder, 'idx')), { title: 'idx in gzip' });
describeImageSource(() => openIdxSource(join(folder, 'idx'), { split: 'test' }), { title: 'idx', length: 3 });

describe('openCifarSource', () => {
  it('reads the batches of training in their order', async () => {
    const [first, second] = [1, 2].map((batch) => cifar(`cifar-10/data_batch_${batch}.bin`)) as [Cifar, Cifar];
    const source = await openCifarSource(join(folder, 'cifar-10'));
    expect(source.classNames).toEqual(['airplane', 'automobile', 'bird', 'cat']);
    expect(labelsOf(source)).toEqual([...first.labels, ...second.labels].flat());
    expect(await pixelsOf(source)).toEqual([...first.pixels, ...second.pixels]);
    expect([source.idAt(2), source.idAt(3), source.shardStarts]).toEqual(['data_batch_1/2', 'data_batch_2/0', [0, 3]]);
    expect(source.leftOut?.summary()).toBe('1 file of another split');
    source.close?.();
  });

  it('reads one file, and the other split', async () => {
    const { pixels } = cifar('cifar-10/test_batch.bin');
    for (const source of [
      await openCifarSource(join(folder, 'cifar-10'), { split: 'test' }),
      await openCifarSource(join(folder, 'cifar-10/test_batch.bin')),
    ]) {
      expect([await pixelsOf(source), source.idAt(0), labelsOf(source)]).toEqual([pixels, 'test_batch/0', [2]]);
      source.close?.();
    }
  });

  it('has fine and coarse labels of CIFAR-100', async () => {
    const { pixels, labels } = cifar('cifar-100/train.bin');
    for (const [label, place, names] of [
      ['fine', 1, ['apple', 'bear', 'bed', 'bee', 'bus']],
      ['coarse', 0, ['animals', 'things']],
    ] as const) {
      const source = await openCifarSource(join(folder, 'cifar-100'), { label });
      expect([source.classNames, labelsOf(source)]).toEqual([names, labels.map((both) => both[place])]);
      expect(await pixelsOf(source)).toEqual(pixels);
      source.close?.();
    }
    await expect(openCifarSource(join(folder, 'cifar-100'), { label: 'finest' })).rejects.toThrow(
      'the label of CIFAR-100 must be one of fine, coarse, got finest',
    );
  });

  it('names classes by their numbers where no file does', async () => {
    rmSync(join(copy, 'cifar-10/batches.meta.txt'));
    const source = await openCifarSource(join(copy, 'cifar-10'));
    expect(source.classNames).toEqual(['0', '1', '2', '3']);
    source.close?.();
  });

  it('says in one line what is wrong with the files', async () => {
    truncateSync(join(copy, 'cifar-10/data_batch_2.bin'), 5000);
    await expect(openCifarSource(join(copy, 'cifar-10'))).rejects.toThrow(
      /data_batch_2\.bin: must hold images of 3073 bytes each, got 5000 bytes; download it anew$/,
    );
    writeFileSync(join(copy, 'cifar-100/fine_label_names.txt'), 'apple\nbear\n');
    await expect(openCifarSource(join(copy, 'cifar-100'))).rejects.toThrow(
      /labels must be below 2, the names in fine_label_names\.txt, got 4$/,
    );
    const python = join(copy, 'idx');
    writeFileSync(join(python, 'data_batch_1'), '');
    expect([isCifar(python), isCifar(join(folder, 'idx')), isCifar(join(folder, 'cifar-100'))]).toEqual([
      true,
      false,
      true,
    ]);
    await expect(openCifarSource(python)).rejects.toThrow(
      /must be the binary version of CIFAR: .*, got data_batch_1, the version for Python; download the binary version$/,
    );
  });
});

describe('openIdxSource', () => {
  it.each([
    ['train', '.gz'],
    ['t10k', ''],
  ])('reads %s files of digits as torchvision does', async (split, ending) => {
    const images = expected[`idx/${split}-images-idx3-ubyte${ending}`];
    const labels = expected[`idx/${split}-labels-idx1-ubyte${ending}`];
    for (const source of [
      await openIdxSource(join(folder, 'idx'), { split: split === 't10k' ? 'test' : split }),
      await openIdxSource(join(folder, `idx/${split}-images-idx3-ubyte${ending}`)),
    ]) {
      expect([await pixelsOf(source), labelsOf(source), source.idAt(1)]).toEqual([images, labels, `${split}/1`]);
      expect((await source.read(0)).image).toMatchObject({ height: 5, width: 3, channels: 1 });
      expect(source.classNames).toHaveLength(Math.max(...(labels as number[])) + 1);
      source.close?.();
    }
  });

  it('reads colors and images without labels', async () => {
    const source = await openIdxSource(join(folder, 'colored-images.idx4-ubyte'));
    expect(await pixelsOf(source)).toEqual(expected['colored-images.idx4-ubyte']);
    expect((await source.read(1)).image).toMatchObject({ height: 3, width: 5, channels: 4 });
    expect([source.labelAt, source.classNames, source.idAt(0)]).toEqual([undefined, undefined, 'colored/0']);
    source.close?.();
  });

  it('says in one line what is wrong with the files', async () => {
    const idx = join(copy, 'idx');
    const images = join(idx, 't10k-images-idx3-ubyte');
    const labels = join(idx, 't10k-labels-idx1-ubyte');
    const whole = readFileSync(images);
    truncateSync(images, 40);
    await expect(openIdxSource(images)).rejects.toThrow(
      /must have 61 bytes, for 3 x 5 x 3 values, got 40 bytes; download it anew$/,
    );
    truncateSync(images, 9);
    await expect(openIdxSource(images)).rejects.toThrow(/must have .* got 9 bytes/);
    truncateSync(images, 0);
    await expect(openIdxSource(images)).rejects.toThrow(
      /must begin with 0x00000803 or 0x00000804, .*, got an empty file/,
    );
    writeFileSync(images, readFileSync(labels));
    await expect(openIdxSource(images)).rejects.toThrow(/must begin with .*, got 0x00000801/);
    writeFileSync(images, readFileSync(join(idx, 'train-images-idx3-ubyte.gz')));
    await expect(openIdxSource(images)).rejects.toThrow(/got a gzip file without \.gz in its name/);
    writeFileSync(images, whole);
    writeFileSync(labels, Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 5, 6]));
    await expect(openIdxSource(images)).rejects.toThrow(/must hold 3 labels, as many as images, got 2$/);
    truncateSync(join(idx, 'train-images-idx3-ubyte.gz'), 70);
    await expect(openIdxSource(idx)).rejects.toThrow(
      /must be a whole gzip file, got unexpected end of file; download it anew$/,
    );
    expect([isIdx(idx), isIdx(images), isIdx(labels), isIdx(copy)]).toEqual([true, true, false, true]); // the colored ones
    writeFileSync(join(idx, 'fashion-train-images-idx3-ubyte'), whole);
    await expect(openIdxSource(idx)).rejects.toThrow(/must hold one file of images, got \[.*\]; name one of them$/);
  });
});
