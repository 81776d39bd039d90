import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ImageSource } from '../image-source';
import { openSource } from '../open-source';
import { describeImageSource } from '../testing';
import { openListSource } from './open-list-source';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'list-'));
  await mkdir(join(root, 'a'));
  for (const name of ['a/1.jpg', 'a/2 x.jpg', '3.png', 'm.png']) await writeFile(join(root, name), name);
});
afterAll(() => rm(root, { recursive: true }));

const list = async (name: string, content: string) => {
  await writeFile(join(root, name), content);
  return openListSource(join(root, name));
};
const about = (source: ImageSource) => [
  Array.from({ length: source.length }, (_, index) => [source.idAt(index), source.labelAt!(index)]),
  source.classNames,
];

describe('openListSource', () => {
  it.each([
    [
      'paths.txt',
      '# photographs\n3.png\r\n\na/2 x.jpg\na/1.jpg\n',
      [
        ['3', undefined],
        ['a/2 x', undefined],
        ['a/1', undefined],
      ],
      undefined,
    ],
    [
      'numbers.txt',
      '3.png 4\na/2 x.jpg 0\n',
      [
        ['3', 4],
        ['a/2 x', 0],
      ],
      undefined,
    ],
    [
      'tabs.txt',
      '3.png\tdog\na/1.jpg\tcat\n',
      [
        ['3', 1],
        ['a/1', 0],
      ],
      ['cat', 'dog'],
    ],
    [
      'named.csv',
      'split,Label,file\ntrain,dog,3.png\ntrain,,a/1.jpg\n',
      [
        ['3', 0],
        ['a/1', undefined],
      ],
      ['dog'],
    ],
    [
      'bare.csv',
      '\uFEFF"a/2 x.jpg","the ""cat"""\n3.png,dog\n',
      [
        ['a/2 x', 1],
        ['3', 0],
      ],
      ['dog', 'the "cat"'],
    ],
    ['bare.tsv', '3.png\t12\n', [['3', 12]], undefined],
    [
      'some.jsonl',
      '{"image": "3.png", "class": "dog"}\n\n{"file": "a/1.jpg", "label": null}\n',
      [
        ['3', 0],
        ['a/1', undefined],
      ],
      ['dog'],
    ],
    ['ids.jsonl', '{"file": "3.png", "label": 2}\n', [['3', 2]], undefined],
  ])('reads %s', async (name, content, images, classNames) => {
    expect(about(await list(name, content))).toEqual([images, classNames]);
  });

  it('reads images and their masks from its own folder, or where it is told', async () => {
    const source = await list('masks.csv', 'file,mask\n3.png,m.png\na/1.jpg,\n');
    const samples = [await source.read(0), await source.read(1)];
    expect(samples.map(({ names }) => names)).toEqual([
      { image: join(root, '3.png'), mask: join(root, 'm.png') },
      { image: join(root, 'a/1.jpg') },
    ]);
    await mkdir(join(root, 'lists'));
    await writeFile(join(root, 'lists', 'x.txt'), '3.png');
    expect((await openListSource(join(root, 'lists/x.txt'), { root })).name).toBe('x');
    expect((await (await openSource(join(root, 'lists/x.txt'), { root })).read(0)).names).toEqual({
      image: join(root, '3.png'),
    });
  });

  it('leaves out what is no image or there twice, and finds missing files when they are read', async () => {
    const source = await list('odd.txt', '3.png\nb.heic\nc.pdf\n3.png\nnotes\nnone.jpg\n');
    expect([source.length, source.leftOut!.summary()]).toEqual([2, '1 .heic, 1 .pdf, 1 other file, 1 repeated path']);
    await expect(source.read(1)).rejects.toThrow('ENOENT');
  });

  it('names the line that makes no sense', async () => {
    await expect(list('bad.jsonl', '{"file": "3.png"}\nnonsense\n')).rejects.toThrow(
      /bad\.jsonl, line 2: must be an object as JSON, got nonsense$/,
    );
    await expect(list('bad.csv', 'file,label\n3.png,1\n,2\n')).rejects.toThrow(
      /bad\.csv, line 3: must name an image, got none; call/,
    );
    await expect(list('quotes.csv', '"3.png\n')).rejects.toThrow(/quotes\.csv: must be a table of images/);
    await expect(list('empty.txt', '# nothing\n')).rejects.toThrow('must name an image in each line, got no line');
    await expect(openListSource(join(root, 'none.csv'))).rejects.toThrow(
      'none.csv: must be a readable list of images, got ENOENT',
    );
  });
});

describe('a list', () => {
  beforeAll(async () => {
    await writeFile(join(root, 'contract.csv'), '3.png,cat,m.png\na/1.jpg,\na/2 x.jpg,dog\n');
  });
  describeImageSource(() => openListSource(join(root, 'contract.csv')), { title: 'list', length: 3 });
});
