import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { createRng } from '@semmae/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ImageSource } from '../image-source';
import { tarOf } from './__fixtures__/tar-of';
import { type OpenTarSourceOptions, openTarSource } from './open-tar-source';

let root: string;
const opened: ImageSource[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tar-source-'));
});
afterEach(() => {
  for (const source of opened.splice(0)) source.close!();
  rmSync(root, { recursive: true });
});

const at = (name: string) => join(root, name);
async function shard(
  name: string,
  files: readonly (readonly [string, string | Uint8Array])[],
  change = (bytes: Uint8Array) => bytes,
) {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), change(await tarOf(files)));
}
async function open(from: string | string[], options: OpenTarSourceOptions = {}): Promise<ImageSource> {
  const paths = typeof from === 'string' ? at(from) : from.map(at);
  const source = await openTarSource(paths, { cacheFolder: at('cache'), ...options });
  opened.push(source);
  return source;
}
const ids = (source: ImageSource) => Array.from({ length: source.length }, (_, index) => source.idAt(index));
const labels = (source: ImageSource) => Array.from({ length: source.length }, (_, index) => source.labelAt!(index));
const text = (bytes: unknown) => (bytes === undefined ? undefined : Buffer.from(bytes as Uint8Array).toString());

describe('openTarSource', () => {
  it('takes files of one key as a sample, in any order, with label, mask and names', async () => {
    await shard('one.tar', [
      ['./cat/0001.JPG', 'first'],
      ['./cat/0001.cls', ' 1\n'],
      ['cat/0002.mask.png', 'map of second'],
      ['cat/0002.jpeg', 'second'],
      ['cat/0001.seg.png', 'map of first'],
      ['x.y/0003.png', 'third'],
      ['cat/0002.cls', '0'],
      ['0004.cls', '1'],
      ['x.y/0003.cls', '-1'],
    ]);
    writeFileSync(at('classes.json'), '{ "dog": 1, "cat": 0 }');
    writeFileSync(at('parts.json'), '["head"]');
    const source = await open('one.tar');
    expect(source).toMatchObject({ name: 'one', length: 3, classNames: ['cat', 'dog'], partNames: ['head'] });
    expect([ids(source), labels(source)]).toEqual([
      ['cat/0001', 'cat/0002', 'x.y/0003'],
      [1, 0, undefined],
    ]);
    const samples = await Promise.all([0, 1, 2].map((index) => source.read(index)));
    expect(samples.map(({ image }) => text(image))).toEqual(['first', 'second', 'third']);
    expect(samples.map(({ mask }) => text(mask))).toEqual(['map of first', 'map of second', undefined]);
    expect(samples[1]!.names).toEqual({ image: at('one.tar/cat/0002.jpeg'), mask: at('one.tar/cat/0002.mask.png') });
    expect(source.leftOut!.summary()).toBe('1 sample without image');
    expect(() => source.idAt(3)).toThrow('0..2');
  });

  it('opens ranges, folders and lists, with the place of every shard', async () => {
    for (const number of [0, 1, 2]) {
      const files = [0, 1, 2].slice(number).map((one) => [`${number}${one}.jpg`, `image ${number}${one}`] as const);
      await shard(`set/train-00${number}.tar.gz`, files, gzipSync);
    }
    const notes: string[] = [];
    const source = await open('set/train-{000..002}.tar.gz', { onWarning: (note) => notes.push(note) });
    expect(ids(source)).toEqual(['00', '01', '02', '11', '12', '22']);
    expect([...(source.shardStarts as Uint32Array)]).toEqual([0, 3, 5]);
    expect(text((await source.read(4)).image)).toBe('image 12');
    expect(notes).toEqual([`compressed shards are unpacked once, into ${at('cache')}, and read from there`]);
    notes.length = 0;
    expect(ids(await open('set', { onWarning: (note) => notes.push(note) }))).toEqual(ids(source));
    const list = ['set/train-002.tar.gz', 'set/train-{000,001}.tar.gz'];
    expect(ids(await open(list))).toEqual(['22', '00', '01', '02', '11', '12']);
    expect(notes).toEqual([]); // found in the cache
  });

  it.runIf(hasZstd())('opens zstd, of several frames as well', async () => {
    const zstd = (input: Uint8Array, ...flags: string[]) =>
      execFileSync('zstd', [...flags, '-c', '-'], { input, stdio: ['pipe', 'pipe', 'ignore'] });
    const whole = await tarOf([
      ['a.jpg', 'a'.repeat(70_000)],
      ['b.jpg', 'b'],
    ]);
    writeFileSync(at('a.tar.zst'), Buffer.concat([zstd(whole.subarray(0, 999)), zstd(whole.subarray(999))]));
    const source = await open('a.tar.zst');
    expect(ids(source)).toEqual(['a', 'b']);
    expect(text((await source.read(0)).image)).toBe('a'.repeat(70_000));
    const long = zstd(whole, '--long=31', '--no-content-size');
    writeFileSync(at('long.tar.zst'), long);
    await expect(open('long.tar.zst')).rejects.toThrow(
      /long\.tar\.zst: zstd must look back at most 134217728 bytes, got 2147483648; /,
    );
    writeFileSync(at('27.tar.zst'), zstd(whole, '--long=27', '--no-content-size'));
    expect((await open('27.tar.zst')).length).toBe(2);
    writeFileSync(at('b.tar.zst'), zstd(whole).subarray(0, -20));
    await expect(open('b.tar.zst')).rejects.toThrow(/b\.tar\.zst: shards must hold images.* got 1 damaged shard/);
  });

  it('reads labels from text and JSON, numbers and words', async () => {
    await shard('words.tar', [
      ['1.jpg', '1'],
      ['1.txt', 'zebra\n'],
      ['1.json', '{"a": {"label": 7}}'],
      ['2.jpg', '2'],
      ['2.txt', 'ant'],
      ['2.json', '{"a": {"label": 2.5}}'],
      ['3.jpg', '3'],
      ['3.json', 'no json'],
    ]);
    const words = await open('words.tar', { fields: { label: 'txt' } });
    expect([words.classNames, labels(words)]).toEqual([
      ['ant', 'zebra'],
      [1, 0, undefined],
    ]);
    expect(words.leftOut!.summary()).toBe('3 .json');
    const named = await open('words.tar', { fields: { label: '.txt' }, classNames: ['zebra', 'bee', 'ant'] });
    expect(labels(named)).toEqual([0, 2, undefined]);
    const numbers = await open('words.tar', { fields: { label: 'json:a.label' } });
    expect([numbers.classNames, labels(numbers)]).toEqual([undefined, [7, undefined, undefined]]);
    expect(numbers.leftOut!.summary()).toBe('2 .txt, 2 unreadable labels');
    const unknown = open('words.tar', { fields: { label: 'txt' }, classNames: ['ant'] });
    await expect(unknown).rejects.toThrow(
      /words\.tar\/1: labels must be one of the 1 class names .* got zebra; .*classes\.json/,
    );
    await expect(open('words.tar', { fields: { label: 'json:a.label' }, classNames: ['ant'] })).rejects.toThrow(
      'got 7',
    );
    await shard('mixed.tar', [
      ['1.jpg', '1'],
      ['1.txt', 'zebra'],
      ['2.jpg', '2'],
      ['2.txt', '0'],
    ]);
    await expect(open('mixed.tar', { fields: { label: 'txt' } })).rejects.toThrow(
      'mixed.tar/2: labels must be all words',
    );
  });

  it('takes the fields that it is told', async () => {
    await shard('pairs.tar', [
      ['1.left.jpg', 'l'],
      ['1.right.jpg', 'r'],
      ['1.map.png', 'm'],
      ['1.jpg', 'plain'],
    ]);
    const source = await open('pairs.tar', { fields: { image: ['right.jpg', 'jpg'], mask: ['.map.png'] } });
    const { image, mask } = await source.read(0);
    expect([text(image), text(mask), source.leftOut!.summary()]).toEqual(['r', 'm', '1 .left.jpg, 1 second image']);
    await shard('left.tar', [
      ['1.left.jpg', 'l'],
      ['2.left.jpg', 'l'],
    ]);
    await expect(open('left.tar')).rejects.toThrow(
      /shards must hold images: files named KEY\.jpg.* got 2 \.left\.jpg; name the field/,
    );
    await expect(open('left.tar', { fields: { image: ['jpg'], mask: ['jpg'] } })).rejects.toThrow('each field once');
  });

  it('counts what it does not take', async () => {
    await shard('odd.tar', [
      ['1.jpg', 'first'],
      ['1.jpg', 'again'],
      ['1.cls', '1'],
      ['1.cls', '2'],
      ['1.png', 'other format'],
      ['2.jpg', ''],
      ['../3.jpg', 'up'],
      ['/etc/4.jpg', 'absolute'],
      ['a/../../5.jpg', 'up'],
      ['.hidden/6.jpg', 'hidden'],
      ['a/._7.jpg', 'resource fork'],
      ['__MACOSX/8.jpg', 'resource fork'],
      ['__meta__/9.jpg', 'note'],
      ['README', 'text'],
      ['10.cls', '1'],
      ['11.heic', 'telephone'],
    ]);
    const source = await open('odd.tar');
    expect([ids(source), labels(source), text((await source.read(0)).image)]).toEqual([['1'], [1], 'first']);
    expect(source.leftOut!.summary()).toBe(
      '2 files of a repeated key, 1 second image, 1 empty file, 3 files with an unsafe name, 3 hidden files, ' +
        '1 file of notes, 1 file without extension, 1 .heic, 1 sample without image',
    );
    expect(source.leftOut!.entries()[0]!.path).toBe(at('odd.tar/1.jpg'));
  });

  it('leaves out links and sparse files of other writers', async () => {
    const fixture = (name: string) => join(import.meta.dirname, '__fixtures__', name);
    const pax = await openTarSource(fixture('pax.tar'), { cacheFolder: false });
    expect(ids(pax)).toEqual([
      '0001',
      'cat/0002',
      'Größe/süß',
      expect.stringMatching(/^folder-of-a-long-name.{270,}05$/),
    ]);
    expect(pax.leftOut!.summary()).toBe('1 .left.png, 1 file without extension, 2 links');
    for (const name of ['sparse-gnu.tar', 'sparse-pax.tar']) {
      const source = await openTarSource(fixture(name), { cacheFolder: false });
      expect([ids(source), source.leftOut!.summary()]).toEqual([['whole'], '1 sparse file']);
    }
  });

  it('keeps first keys over shards, and refuses shards that count anew', async () => {
    const images = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => [`${from + index}.jpg`, `image ${from + index}`] as const);
    await shard('a-0.tar', images(0, 11));
    await shard('a-1.tar', [['3.jpg', 'other'], ...images(11, 9)]);
    await shard('a-2.tar', images(20, 2));
    const source = await open('a-{0..2}.tar');
    expect(ids(source)).toEqual(Array.from({ length: 22 }, (_, index) => String(index)));
    expect([...(source.shardStarts as Uint32Array)]).toEqual([0, 11, 20]);
    expect(text((await source.read(11)).image)).toBe('image 11');
    expect(text((await source.read(21)).image)).toBe('image 21');
    expect(source.leftOut!.summary()).toBe('1 sample of a repeated key');
    await shard('b-0.tar', images(0, 3));
    await shard('b-1.tar', images(0, 3));
    await expect(open('b-{0..1}.tar')).rejects.toThrow(
      /tell samples apart .* got 3 of 6 repeated, the first .*b-1\.tar\/0; set ids/,
    );
    expect(ids(await open('b-{0..1}.tar', { ids: 'shard/key' }))).toEqual([
      'b-0/0',
      'b-0/1',
      'b-0/2',
      'b-1/0',
      'b-1/1',
      'b-1/2',
    ]);
  });

  it('uses what stands before the damage and says where it is', async () => {
    const files = Array.from({ length: 5 }, (_, index) => [`${index}.jpg`, `image ${index}`.repeat(300)] as const);
    await shard('cut-0.tar', files, (bytes) => bytes.subarray(0, 3 * 3072 + 600));
    await shard('cut-1.tar', files, (bytes) => bytes.fill(9, 2 * 3072, 2 * 3072 + 100));
    await shard('cut-2.tar', files, (bytes) => bytes.subarray(0, 5 * 3072));
    await shard('cut-3.tar', [], () => new Uint8Array());
    await shard('cut-4.tar', []);
    const lengths: number[] = [];
    const summaries: string[] = [];
    for (const number of [0, 1, 2]) {
      const source = await open(`cut-${number}.tar`);
      lengths.push(source.length);
      summaries.push(source.leftOut!.summary());
      await Promise.all(ids(source).map((_, index) => source.read(index)));
    }
    expect(lengths).toEqual([3, 2, 5]);
    expect(summaries).toEqual(['1 truncated, 1 damaged shard', '1 damaged shard', '1 shard without an end mark']);
    const [, { reason }] = (await open('cut-0.tar')).leftOut!.entries() as [unknown, { reason: string }];
    expect(reason).toBe('cannot be read from byte 9216 of 9816 on');
    const all = await open(['cut-2.tar', 'cut-3.tar', 'cut-4.tar']);
    expect(all.leftOut!.summary()).toBe('1 shard without an end mark, 2 empty shards');
    await expect(open('cut-4.tar')).rejects.toThrow(/must hold images.* got 1 empty shard/);
    // compressed ones: what comes out before the damage
    const noise = createRng(3);
    const long = Array.from({ length: 300 }, (_, index) => {
      return [`${index}.jpg`, Uint8Array.from({ length: 5000 }, () => noise.integer(256))] as const;
    });
    const whole = gzipSync(await tarOf(long));
    writeFileSync(at('cut.tar.gz'), whole.subarray(0, whole.length - 15_000));
    const cut = await open('cut.tar.gz', { cacheFolder: false });
    expect([cut.length, cut.leftOut!.summary()]).toEqual([297, '1 truncated, 1 damaged shard']);
    whole[whole.length - 6]! ^= 1; // its checksum
    writeFileSync(at('sum.tar.gz'), whole);
    const sum = await open('sum.tar.gz');
    expect(sum.length).toBeGreaterThan(200); // the last pieces are lost
    expect(sum.leftOut!.entries().at(-1)!.reason).toMatch(
      /^cannot be unpacked behind byte \d+ of its content: incorrect data check$/,
    );
    expect((await open('sum.tar.gz')).leftOut!.summary()).toBe(sum.leftOut!.summary());
  });

  it('opens one split of a folder', async () => {
    for (const name of ['train-0', 'train-1', 'test-0']) await shard(`set/${name}.tar`, [[`${name}.jpg`, 'a']]);
    const train = await open('set');
    expect([ids(train), train.leftOut!.summary()]).toEqual([['train-0', 'train-1'], '1 file of another split']);
    expect(ids(await open('set', { split: 'test' }))).toEqual(['test-0']);
    await expect(open('set', { split: 'validation' })).rejects.toThrow('the split must be one of');
  });

  it('names a shard that is missing before it reads any, or skips it', async () => {
    await shard('s-0.tar', [['0.jpg', 'x']]);
    await shard('s-2.tar', [['2.jpg', 'x']]);
    await expect(open('s-{0..3}.tar')).rejects.toThrow(
      /s-1\.tar: must be a tar archive, got no file; 2 of 4 shards are missing; name those that are there/,
    );
    expect(existsSync(at('cache'))).toBe(false);
    const source = await open('s-{0..3}.tar', { missingShards: 'skip' });
    expect([ids(source), source.leftOut!.summary()]).toEqual([['0', '2'], '2 missing shards']);
    await expect(open('none.tar', { missingShards: 'skip' })).rejects.toThrow(
      'none.tar: must be a tar archive, got no file',
    );
  });

  it('names a shard that has changed or vanished since', async () => {
    const files = [
      ['0.jpg', 'zero'],
      ['1.jpg', 'one'],
    ] as const;
    for (const number of [0, 1, 2, 3])
      await shard(
        `v-${number}.tar`,
        files.map(([name, content]) => [`${number}${name}`, content]),
      );
    const source = await open('v-{0..3}.tar');
    expect(text((await source.read(0)).image)).toBe('zero');
    appendFileSync(at('v-0.tar'), 'x'); // open already
    utimesSync(at('v-1.tar'), 5, 5); // not open yet
    rmSync(at('v-2.tar'));
    await expect(source.read(1)).rejects.toThrow(
      /v-0\.tar: must stay the file of \d+ bytes that was opened, got a file of \d+ bytes/,
    );
    await expect(source.read(2)).rejects.toThrow(/v-1\.tar: must stay .*changed 1970-01-01/);
    await expect(source.read(4)).rejects.toThrow(/v-2\.tar: must stay .* ENOENT.*open the data set again/);
    expect(text((await source.read(7)).image)).toBe('one');
  });

  it('notices that a shard is another the next time, and removes what was unpacked of the old one', async () => {
    await shard('c.tar.gz', [['old.jpg', 'x']], gzipSync);
    expect(ids(await open('c.tar.gz'))).toEqual(['old']);
    await shard(
      'c.tar.gz',
      [
        ['new.jpg', 'y'],
        ['more.jpg', 'z'],
      ],
      gzipSync,
    );
    expect(ids(await open('c.tar.gz'))).toEqual(['new', 'more']);
    expect(readdirSync(at('cache/unpacked'))).toHaveLength(1);
    for (const name of readdirSync(at('cache/indices'))) writeFileSync(at(`cache/indices/${name}`), 'damaged');
    expect(ids(await open('c.tar.gz'))).toEqual(['new', 'more']);
    rmSync(at(`cache/unpacked/${readdirSync(at('cache/unpacked'))[0]}`));
    expect(text((await (await open('c.tar.gz')).read(1)).image)).toBe('z');
  });

  it('leaves nothing behind without a cache, and nothing half unpacked', async () => {
    const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('semmae-shards-'));
    const before = temporary();
    await shard(
      't.tar.gz',
      [
        ['a.jpg', 'a'],
        ['b.jpg', 'b'.repeat(2 ** 20)],
      ],
      gzipSync,
    );
    const source = await open('t.tar.gz', { cacheFolder: false });
    expect(temporary()).toHaveLength(before.length + 1);
    expect(text((await source.read(0)).image)).toBe('a');
    source.close!();
    expect(temporary()).toEqual(before);
    await expect(open('t.tar.gz', { unpackBytes: 2 ** 20 })).rejects.toThrow(
      /t\.tar\.gz: compressed shards must take at most 1048576 bytes/,
    );
    expect(readdirSync(at('cache/unpacked'))).toEqual([]);
    await expect(open('t.tar.gz', { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });

  it('says in a line what is no shard', async () => {
    await expect(open('none')).rejects.toThrow(/none: must be a tar archive, got no file$/);
    await expect(openTarSource([])).rejects.toThrow('shards must be named, each once, got none');
    await shard('a.tar', [['a.jpg', 'a']]);
    await expect(open(['a.tar', 'a.tar'])).rejects.toThrow(/got .*a\.tar twice/);
    mkdirSync(at('empty'));
    await expect(open('empty')).rejects.toThrow(/of one set, got none$/);
    for (const name of ['birds-0', 'birds-1', 'cats-0']) await shard(`sets/${name}.tar`, [[`${name}.jpg`, 'a']]);
    await expect(open('sets')).rejects.toThrow(
      /got 2 birds-\*\.tar and 1 cats-\*\.tar; name those of one set, such as .*sets\/birds-\{0\.\.1\}\.tar$/,
    );
    await expect(open('a.tar', { split: 'test' })).rejects.toThrow(
      /a\.tar: a split is chosen among the archives of a folder/,
    );
    writeFileSync(at('x.tar'), Buffer.from('fd377a585a0000', 'hex'));
    await expect(open('x.tar')).rejects.toThrow(
      /x\.tar: must be a tar archive, plain or compressed by gzip or zstd, got xz/,
    );
    writeFileSync(at('photo.tar'), 'this is no archive at all');
    await expect(open('photo.tar')).rejects.toThrow(/got 1 damaged shard/);
    writeFileSync(at('classes.json'), '{"a": 3}');
    await expect(open('a.tar')).rejects.toThrow(/classes\.json: must hold names as JSON/);
    await expect(open('a-{0..200000}.tar')).rejects.toThrow('must name at most 100000 shards, got more');
  });

  it('keeps a bounded number of files open', async () => {
    for (let number = 0; number < 80; number++) await shard(`m-${number}.tar`, [[`${number}.jpg`, `image ${number}`]]);
    const source = await open('m-{0..79}.tar');
    const samples = await Promise.all(ids(source).map((_, index) => source.read(index)));
    expect(samples.map(({ image }) => text(image))).toEqual(ids(source).map((id) => `image ${id}`));
    if (process.platform === 'linux') {
      const isOurs = (fd: string) => linkOf(fd).startsWith(root);
      await expect.poll(() => readdirSync('/proc/self/fd').filter(isOurs).length).toBe(64);
      source.close!();
      await expect.poll(() => readdirSync('/proc/self/fd').filter(isOurs).length).toBe(0);
      const unused = await open('m-{0..2}.tar');
      expect(text((await unused.read(1)).image)).toBe('image 1');
      expect(readdirSync('/proc/self/fd').filter(isOurs)).toHaveLength(1);
      await expect.poll(() => readdirSync('/proc/self/fd').filter(isOurs).length, { timeout: 10_000 }).toBe(0);
      expect(text((await unused.read(1)).image)).toBe('image 1');
    }
  });
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

function hasZstd(): boolean {
  try {
    execFileSync('zstd', ['--version']);
    return true;
  } catch {
    return false;
  }
}
