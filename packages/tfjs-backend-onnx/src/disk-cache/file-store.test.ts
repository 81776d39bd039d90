import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createFileStore } from './file-store';

const roomy = 1e6;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Saves `length` bytes of one value. */
const bytes =
  (length: number, value = 7) =>
  (path: string) =>
    writeFileSync(path, Buffer.alloc(length, value));

describe('createFileStore', () => {
  it('gives back what was written, in any process', () => {
    createFileStore(folder, roomy).write('a', bytes(11));
    expect(createFileStore(folder, roomy).read('a')).toEqual(Buffer.alloc(11, 7));
    expect(createFileStore(folder, roomy).read('b')).toBeUndefined();
  });

  it.each([
    ['truncated', (path: string) => truncateSync(path, 20)],
    ['empty', (path: string) => truncateSync(path, 0)],
    [
      'altered by one bit',
      (path: string) => {
        const contents = readFileSync(path);
        contents[3]! ^= 1;
        writeFileSync(path, contents);
      },
    ],
  ])('does not give back a file that is %s', (_, damage) => {
    const store = createFileStore(folder, roomy);
    store.write('a', bytes(11));
    damage(join(folder, 'a.onnx'));
    expect(store.read('a')).toBeUndefined();
    store.write('a', bytes(13));
    expect(store.read('a')).toHaveLength(13);
  });

  it('holds one whole file when two write the same key at once', () => {
    const [one, other] = [createFileStore(folder, roomy), createFileStore(folder, roomy)];
    one.write('a', (path) => {
      bytes(5, 1)(path);
      other.write('a', bytes(17, 2));
      expect(one.read('a')).toEqual(Buffer.alloc(17, 2));
    });
    expect(one.read('a')).toEqual(Buffer.alloc(5, 1));
    expect(readdirSync(folder)).toEqual(['a.onnx']);
  });

  it('drops the least recently used files, and drafts that nobody will finish', () => {
    const store = createFileStore(folder, 3 * (100 + 32)); // three files with their digests
    const age = (name: string, seconds: number) => {
      const then = new Date(Date.now() - seconds * 1000);
      utimesSync(join(folder, name), then, then);
    };
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      store.write(key, bytes(100));
      age(`${key}.onnx`, 100 - index);
    }
    writeFileSync(join(folder, 'x.1.draft'), 'left behind');
    age('x.1.draft', 2 * 3600);
    writeFileSync(join(folder, 'y.2.draft'), 'in the making');
    store.read('a'); // now b is the oldest
    store.write('d', bytes(100));
    expect(readdirSync(folder).sort()).toEqual(['a.onnx', 'c.onnx', 'd.onnx', 'y.2.draft']);
  });

  it('leaves nothing of a write that fails', () => {
    const store = createFileStore(folder, roomy);
    const fail = (path: string) => {
      bytes(9)(path);
      throw new Error('no space left on device');
    };
    expect(() => store.write('a', fail)).toThrow('no space left');
    expect(readdirSync(folder)).toEqual([]);
  });
});
