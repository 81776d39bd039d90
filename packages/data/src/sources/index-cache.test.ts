import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dataCacheFolder } from './cache-folder';
import { indexCache } from './index-cache';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'index-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const only = () => join(folder, 'indices', readdirSync(join(folder, 'indices'))[0]!);

describe('indexCache', () => {
  const key = { of: ['kind', '/a/b', { option: 1 }], state: [5, 7.5] };
  const index = { names: ['x', 'ü'], places: Float64Array.of(1, 2 ** 40), none: undefined };

  it('gives what was kept, in the same state and under the same options', () => {
    indexCache(folder).write(key, index);
    const cache = indexCache(folder);
    expect(cache.read(key)).toEqual(index);
    expect(cache.read({ ...key, state: [6, 7.5] })).toBeUndefined();
    expect(cache.read({ ...key, of: ['kind', '/a/b', { option: 2 }] })).toBeUndefined();
    cache.write({ ...key, state: [6, 7.5] }, 'later');
    expect([cache.read(key), readdirSync(join(folder, 'indices')).length]).toEqual([undefined, 1]);
    expect([indexCache(false).read(key), readdirSync(folder)]).toEqual([undefined, ['indices']]);
    indexCache(false).write(key, index);
  });

  it('takes a damaged index for none', () => {
    const cache = indexCache(folder);
    cache.write(key, index);
    const whole = readFileSync(only());
    for (const length of [0, 10, whole.length - 1]) {
      writeFileSync(only(), whole.subarray(0, length));
      expect(cache.read(key)).toBeUndefined();
    }
    for (const place of [0, 40, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[place]! ^= 1;
      writeFileSync(only(), changed);
      expect(cache.read(key)).toBeUndefined();
    }
  });

  it('removes what was not used for 60 days, and knows use by reading', () => {
    const [now, old] = [Date.now() / 1000, Date.now() / 1000 - 61 * 24 * 3600];
    indexCache(folder).write(key, index);
    utimesSync(only(), old, old);
    expect(indexCache(folder).read(key)).toEqual(index);
    expect(statSync(only()).atimeMs / 1000).toBeGreaterThan(now - 60);
    indexCache(folder).write({ of: ['other'], state: [] }, 1);
    expect(indexCache(folder).read(key)).toEqual(index);
    utimesSync(only(), old, old);
    const path = only();
    indexCache(folder).write({ of: ['third'], state: [] }, 1);
    expect(readdirSync(join(folder, 'indices')).map((name) => join(folder, 'indices', name))).not.toContain(path);
  });

  it.runIf(process.getuid?.() !== 0)('goes on where nothing can be written', () => {
    chmodSync(folder, 0o500);
    indexCache(folder).write(key, index);
    expect(indexCache(folder).read(key)).toBeUndefined();
  });

  it('goes on where a file stands in the way', () => {
    writeFileSync(join(folder, 'file'), '');
    indexCache(join(folder, 'file')).write(key, index);
    expect(indexCache(join(folder, 'file')).read(key)).toBeUndefined();
  });
});

it.each([
  ['asked for', { env: { SEMMAE_CACHE: 'here' } }, join(resolve('here'), 'data')],
  ['switched off', { env: { SEMMAE_CACHE: 'off' } }, false],
  ['Linux', { platform: 'linux', env: {}, home: '/h' }, join('/h', '.cache', 'semmae', 'data')],
  ['XDG', { platform: 'linux', env: { XDG_CACHE_HOME: '/x' }, home: '/h' }, join('/x', 'semmae', 'data')],
  [
    'relative XDG',
    { platform: 'linux', env: { XDG_CACHE_HOME: 'x' }, home: '/h' },
    join('/h', '.cache', 'semmae', 'data'),
  ],
  ['macOS', { platform: 'darwin', env: {}, home: '/h' }, join('/h', 'Library', 'Caches', 'semmae', 'data')],
  ['Windows', { platform: 'win32', env: { LOCALAPPDATA: '/l' }, home: '/h' }, join('/l', 'semmae', 'data')],
] as const)('dataCacheFolder: %s', (_, surroundings, expected) => {
  expect(dataCacheFolder(surroundings)).toBe(expected);
});
