import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ByteSource } from '@semmae/checkpoints';
import { describe, expect, it } from 'vitest';

import { tarOf } from './__fixtures__/tar-of';
import { type TarEntry, walkTar } from './walk-tar';

const fixtures = join(import.meta.dirname, '__fixtures__');
const known: Record<string, { path: string; offset: number; size: number; isFile: boolean; isSparse: boolean }[]> =
  JSON.parse(readFileSync(join(fixtures, 'entries.json'), 'utf8'));

describe('walkTar', () => {
  it.each(Object.keys(known))('finds in %s what Python finds', async (name) => {
    const bytes = readFileSync(join(fixtures, name));
    const { entries, contents, end } = await walk(bytes);
    expect(end.kind).toBe('marked');
    const paths = known[name]!.map(({ path, isSparse }) => (isSparse ? expect.anything() : path));
    expect(entries.map(({ path }) => path.replace(/\/$/, ''))).toEqual(paths);
    for (const [index, { path, offset, size, isFile, isSparse }] of known[name]!.entries()) {
      const entry = entries[index]!;
      expect(entry.kind === 'sparse file').toBe(isSparse);
      if (isSparse) continue; // Python gives the size without its holes
      expect(entry.kind === 'file').toBe(isFile);
      if (!isFile) continue;
      expect([entry.offset, entry.size]).toEqual([offset, size]);
      const content = Buffer.from(bytes.subarray(offset, offset + size)).toString();
      expect(contents.get(path)).toBe(content);
      if (name !== 'samples.tar') expect(path.repeat(17).startsWith(content)).toBe(true); // make_archives.py repeats the path
    }
  });

  it('leaps over large contents and reads little of them', async () => {
    const large = new Uint8Array(3 * 2 ** 20).fill(7);
    const bytes = await tarOf([
      ['1.jpg', large],
      ['1.cls', '4'],
      ['2.jpg', large],
      ['2.cls', '5'],
      ['3.jpg', large],
    ]);
    const { entries, read } = await walk(bytes, ({ path }) => path.endsWith('.cls'));
    expect(entries.map(({ path }) => path)).toEqual(['1.jpg', '1.cls', '2.jpg', '2.cls', '3.jpg']);
    expect(read).toBeLessThan(2 ** 20 + 4 * 2 ** 12 + 1);
  });

  it('reads archives that were joined, and says how one ends', async () => {
    const [one, two] = [await tarOf([['a.jpg', 'a']]), await tarOf([['b.jpg', 'b']])];
    const ends = async (bytes: Uint8Array) => {
      const { entries, end } = await walk(bytes);
      return [entries.map(({ path }) => path).join(), end.kind];
    };
    expect(await ends(Buffer.concat([one, two]))).toEqual(['a.jpg,b.jpg', 'marked']);
    expect(await ends(one.subarray(0, 1024))).toEqual(['a.jpg', 'unmarked']);
    expect(await ends(one.subarray(0, 513))).toEqual(['a.jpg', 'damaged']);
    expect(await ends(one.subarray(0, 300))).toEqual(['', 'damaged']);
    expect(await ends(new Uint8Array())).toEqual(['', 'unmarked']);
    expect(await ends(Buffer.concat([one, Buffer.alloc(512, 'x')]))).toEqual(['a.jpg', 'damaged']);
    const wrong = Buffer.concat([one.subarray(0, 1024), two]);
    wrong[1024 + 3] = 1; // of the second header: its checksum shows it
    expect(await ends(wrong)).toEqual(['a.jpg', 'damaged']);
  });
});

async function walk(bytes: Uint8Array, wants = ({ kind }: TarEntry) => kind === 'file') {
  let read = 0;
  const source: ByteSource = {
    ...{ name: 'archive', size: bytes.length, close: () => undefined },
    async bytes(start, length) {
      expect(start + length).toBeLessThanOrEqual(bytes.length);
      read += length;
      return new Uint8Array(bytes.subarray(start, start + length)).buffer;
    },
  };
  const entries: TarEntry[] = [];
  const contents = new Map<string, string>();
  const end = await walkTar(source, (entry) => {
    entries.push(entry);
    return wants(entry) ? (content) => contents.set(entry.path, Buffer.from(content).toString()) : undefined;
  });
  return { entries, contents, end, read };
}
