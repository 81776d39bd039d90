import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { type CacheSurroundings, defaultCacheFolder } from './cache-folder';

const home = '/home/anna';

describe('defaultCacheFolder', () => {
  it.each<[string, Partial<CacheSurroundings>, string | false]>([
    ['Linux', { platform: 'linux' }, '/home/anna/.cache/semmae/onnx-graphs'],
    ['Linux, moved', { platform: 'linux', env: { XDG_CACHE_HOME: '/scratch' } }, '/scratch/semmae/onnx-graphs'],
    ['Linux, relative', { platform: 'linux', env: { XDG_CACHE_HOME: 'x' } }, '/home/anna/.cache/semmae/onnx-graphs'],
    ['macOS', { platform: 'darwin' }, '/home/anna/Library/Caches/semmae/onnx-graphs'],
    ['Windows', { platform: 'win32', env: { LOCALAPPDATA: '/L' } }, '/L/semmae/onnx-graphs'],
    ['Windows, bare', { platform: 'win32' }, '/home/anna/AppData/Local/semmae/onnx-graphs'],
    ['asked for', { platform: 'darwin', env: { SEMMAE_CACHE: '/c' } }, '/c/onnx-graphs'],
    ['switched off', { env: { SEMMAE_CACHE: 'off' } }, false],
  ])('on %s', (_, surroundings, expected) => {
    const folder = defaultCacheFolder({ home, env: {}, ...surroundings });
    expect(folder).toBe(expected === false ? false : join(expected));
  });

  it('takes a relative SEMMAE_CACHE from the working directory', () => {
    expect(defaultCacheFolder({ home, env: { SEMMAE_CACHE: 'here' } })).toBe(join(resolve('here'), 'onnx-graphs'));
  });
});
