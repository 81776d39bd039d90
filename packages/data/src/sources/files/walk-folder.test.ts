import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { ImageSource } from '../image-source';
import { describeImageSource } from '../testing';
import { type OpenFolderSourceOptions, openFolderSource } from './open-folder-source';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'walk-'));
});
afterEach(() => rm(root, { recursive: true }));

const touch = async (...paths: string[]) => {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path);
  }
};
const open = (options: OpenFolderSourceOptions = {}) => openFolderSource(root, { cacheFolder: false, ...options });
const ids = (source: ImageSource) => Array.from({ length: source.length }, (_, index) => source.idAt(index));
const labels = (source: ImageSource) => Array.from({ length: source.length }, (_, index) => source.labelAt!(index));
const masks = async (source: ImageSource) =>
  Promise.all(ids(source).map(async (_, index) => (await source.read(index)).names!.mask?.slice(root.length + 1)));

describe('the walk of openFolderSource', () => {
  it('passes over hidden folders at any depth and says what else it does not take', async () => {
    await touch('cat/1.jpg', 'cat/.ipynb_checkpoints/1-checkpoint.jpg', 'cat/deep/.thumbnails/2.jpg', 'cat/deep/2.jpg');
    await touch(
      '__MACOSX/cat/._1.jpg',
      'dog/3.png',
      'dog/4.HEIC',
      'dog/5.heic',
      'dog/6.bmp',
      'dog/.7.png',
      'README.md',
    );
    await touch('dog/.DS_Store', 'dog/Thumbs.db');
    const source = await open();
    expect([ids(source), labels(source), source.classNames]).toEqual([
      ['cat/1', 'cat/deep/2', 'dog/3'],
      [0, 0, 1],
      ['cat', 'dog'],
    ]);
    expect(source.leftOut!.summary()).toBe('1 other file, 3 hidden folders, 1 hidden file, 2 .heic, 1 .bmp');
    expect(
      source
        .leftOut!.entries()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(
      [
        'README.md',
        '__MACOSX',
        'cat/.ipynb_checkpoints',
        'cat/deep/.thumbnails',
        'dog/.7.png',
        'dog/4.HEIC',
        'dog/5.heic',
        'dog/6.bmp',
      ].sort(),
    );
  });

  it('takes the side that holds more images where a folder has images and sub-folders, or what it is told', async () => {
    await touch('cat/1.jpg', 'cat/2.jpg', 'dog/3.jpg', 'stray.jpg');
    expect([ids(await open()), (await open()).leftOut!.summary()]).toEqual([
      ['cat/1', 'cat/2', 'dog/3'],
      '1 stray image',
    ]);
    const nested = await open({ layout: 'nested' });
    expect([ids(nested), nested.classNames, nested.leftOut!.total]).toEqual([
      ['cat/1', 'cat/2', 'dog/3', 'stray'],
      undefined,
      0,
    ]);
    await touch('a.jpg', 'b.jpg', 'c.jpg');
    const flat = await open();
    expect([ids(flat), flat.classNames]).toEqual([['a', 'b', 'c', 'stray'], undefined]);
    expect(flat.leftOut!.summary()).toBe('3 images in a sub-folder');
    expect(ids(await open({ layout: 'classes' }))).toEqual(['cat/1', 'cat/2', 'dog/3']);
    await expect(open({ layout: 'tree' as 'flat' })).rejects.toThrow('layout must be one of classes, flat, nested');
  });

  it('follows linked folders once, and ends loops', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'walk-elsewhere-'));
    await writeFile(join(elsewhere, '1.jpg'), '');
    await symlink(elsewhere, join(elsewhere, 'again'));
    await touch('real/2.jpg', '.store/3.jpg');
    await symlink(elsewhere, join(root, 'bird'));
    await symlink(elsewhere, join(root, 'duck'));
    await symlink(root, join(root, 'real', 'up'));
    await symlink(join(root, 'real'), join(root, 'copy'));
    await symlink(join(root, '.store'), join(root, 'stored'));
    await symlink(join(root, 'nowhere.jpg'), join(root, 'real', 'gone.jpg'));
    await symlink(join(root, 'real', '2.jpg'), join(root, 'real', 'linked.jpg'));
    await symlink('self.jpg', join(root, 'real', 'self.jpg'));
    const source = await open();
    expect(ids(source)).toEqual(['bird/1', 'real/2', 'real/linked', 'stored/3']);
    expect(source.leftOut!.summary()).toBe('1 hidden folder, 4 linked folders, 2 broken links');
    await rm(elsewhere, { recursive: true });
  });

  it('keeps both of two images that share a stem, under names of their own', async () => {
    await touch('a.jpg', 'a.png', 'b.jpg', 'c.jpg', 'c.png', 'c.jpg.png', 'c.JPG.tif');
    const source = await open();
    expect(ids(source)).toEqual(['a.jpg', 'a.png', 'b', 'c.JPG', 'c.jpg', 'c.jpg.png', 'c.png']);
    expect(new TextDecoder().decode((await source.read(4)).image as Uint8Array)).toBe('c.jpg');
    expect(source.leftOut!.total).toBe(0);
  });

  it('pairs label files by name, whatever the Unicode form, and counts what has no partner', async () => {
    const [composed, decomposed] = ['\u00e9', 'e\u0301'];
    await touch(
      `images/${composed}.jpg`,
      'images/x/1.jpg',
      'images/x/2.jpg',
      'images/y.jpg',
      'images/y.png',
      'images/z.jpg',
    );
    await touch(
      `masks/${decomposed}.png`,
      'masks/x/1.PNG',
      'masks/only.tif',
      'masks/y.jpg.png',
      'masks/y.png',
      'masks/z.npy',
      'masks/z.png',
    );
    const source = await open({ layout: 'nested' });
    expect(await masks(source)).toEqual([
      'masks/x/1.PNG',
      undefined,
      'masks/y.jpg.png',
      'masks/y.png',
      'masks/z.npy',
      `masks/${decomposed}.png`,
    ]);
    expect(ids(source).at(-1)).toBe(composed);
    expect(source.leftOut!.summary()).toBe('1 repeated mask, 1 missing mask, 1 mask without image');
    await touch(`photos/${composed}.jpg`, `photos/${decomposed}.jpg`); // one name to people, two to the file system
    expect(ids(await openFolderSource(join(root, 'photos')))).toEqual([`${decomposed}.jpg`, `${composed}.jpg`]);
  });

  it('says what lies beside images/ and masks/', async () => {
    await touch('images/1.jpg', 'masks/1.png', 'depth/1.png', '2.jpg', 'parts.json', '.git/x', 'notes.txt');
    await writeFile(join(root, 'parts.json'), '["wheel", "door"]');
    const source = await open();
    expect([ids(source), source.partNames]).toEqual([['1'], ['wheel', 'door']]);
    expect(source.leftOut!.summary()).toBe('1 hidden folder, 1 stray image, 1 folder beside images/, 1 other file');
  });

  it('takes labels from a list', async () => {
    await touch('1.jpg', 'deep/2.jpg', '3.png', '4.png');
    await writeFile(join(root, 'labels.csv'), 'file,label\n3.png,dog\n"1.jpg",cat\ndeep/2,cat\nmissing.jpg,cow\n');
    const source = await open({ layout: 'nested' });
    expect([ids(source), labels(source), source.classNames]).toEqual([
      ['1', '3', '4', 'deep/2'],
      [0, 2, undefined, 0],
      ['cat', 'cow', 'dog'],
    ]);
    expect(source.leftOut!.summary()).toBe('1 missing label, 1 label without image');
    await writeFile(join(root, 'numbers.tsv'), '1.jpg\t7\n3.png\t0\n');
    expect(labels(await open({ labelFile: join(root, 'numbers.tsv') }))).toEqual([7, 0, undefined]);
    await writeFile(join(root, 'labels.jsonl'), '{"file": "1.jpg"}');
    await expect(open()).rejects.toThrow('must hold one list of labels, got labels.csv, labels.jsonl');
    await writeFile(join(root, 'other.csv'), 'x.jpg,1');
    await expect(open({ labelFile: join(root, 'other.csv') })).rejects.toThrow('such as 1.jpg, got x.jpg');
  });

  it.skipIf(process.getuid?.() === 0)(
    'counts folders that may not be read (skipped for root, who may all)',
    async () => {
      await touch('cat/1.jpg', 'dog/2.jpg');
      await chmod(join(root, 'dog'), 0);
      expect((await open()).leftOut!.summary()).toBe('1 folder without permission');
      await chmod(join(root, 'dog'), 0o700);
    },
  );

  it('says what is there where no image is', async () => {
    await touch('1.heic', '2.heic', 'notes.txt');
    await expect(open()).rejects.toThrow(/must hold images .*, got none, but 2 \.heic, 1 other file$/);
  });
});

describe('the index of a large folder', () => {
  const many = Array.from({ length: 2100 }, (_, index) => `${index % 7}/${index}.jpg`);
  it('is kept until a folder changes, and made again where it is damaged', async () => {
    await touch(...many, '3/x.heic');
    const settle = async () => {
      for (const folder of ['', ...Array.from({ length: 7 }, (_, index) => String(index))])
        await utimes(join(root, folder), 1e9, 1e9);
    };
    const cacheFolder = await mkdtemp(join(tmpdir(), 'walk-cache-'));
    const indices = () => readdir(join(cacheFolder, 'indices'));
    const opened = async () => {
      const source = await open({ cacheFolder });
      return [ids(source), labels(source), source.classNames, source.leftOut!.summary()];
    };
    const first = await opened();
    await expect(indices()).rejects.toThrow('ENOENT'); // it may still be changing
    await settle();
    expect(await opened()).toEqual(first);
    const [name] = await indices();
    await writeFile(join(root, '0', '0 new.jpg'), ''); // unnoticed, as its folder says that it has not changed
    await settle();
    expect(await opened()).toEqual(first);
    await utimes(join(root, '0'), 2e9, 2e9);
    expect((await opened())[0]).toHaveLength(2101);
    await rm(join(root, '0', '0 new.jpg'));
    await settle();
    expect(await opened()).toEqual(first);
    const path = join(cacheFolder, 'indices', name!);
    const whole = await readFile(path);
    for (const damaged of [
      whole.subarray(0, 999),
      Buffer.alloc(0),
      Buffer.concat([whole.subarray(0, 5000), Buffer.alloc(whole.length - 5000)]),
    ]) {
      await writeFile(path, damaged);
      expect(await opened()).toEqual(first);
    }
    await rm(cacheFolder, { recursive: true });
  });
});

describe('a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'walk-contract-'));
    for (const path of ['images/cat/1.png', 'images/cat/2.png', 'images/dog/1.png', 'masks/cat/2.png']) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), path);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));
  describeImageSource(() => openFolderSource(folder), { title: 'folder', length: 3 });
});
