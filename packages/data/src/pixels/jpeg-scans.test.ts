import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { decodePixels } from './decode-pixels';
import { jpegScans } from './jpeg-scans';

const read = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, '__fixtures__/images', name)));

describe('jpegScans', () => {
  it.each([
    'rgb.jpg',
    'restart.jpg',
    'subsampled.jpg',
    'gray-one.jpg',
    'cmyk.jpg',
    'orientation-6.jpg',
    'trailing.jpg',
  ])('finds all pixels of %s', (name) => {
    expect(jpegScans(read(name))).toEqual({ damage: undefined, ended: true });
  });

  it('passes over stray bytes, and misses no end marker', () => {
    for (const name of ['stray.jpg', 'extraneous.jpg']) expect(jpegScans(read(name)).damage).toBeUndefined();
    expect(jpegScans(read('no-end.jpg'))).toEqual({ damage: undefined, ended: false });
  });

  it.each(['subsampled.jpg', 'restart.jpg', 'cmyk.jpg'])('finds %s damaged wherever it is cut', (name) => {
    const whole = read(name);
    const kinds = Array.from({ length: whole.length - 3 }, (_, cut) => jpegScans(whole.subarray(0, cut)).damage?.kind);
    expect(new Set(kinds)).toEqual(new Set(['truncated']));
  });

  it('does not fail on any wrong byte', () => {
    const whole = read('subsampled.jpg');
    for (let place = 0; place < whole.length; place++) {
      const wrong = whole.slice();
      wrong[place]! ^= 0xff;
      expect(['damaged', 'truncated', undefined]).toContain(jpegScans(wrong).damage?.kind);
    }
  });

  it('makes the same of a file however many are read beside it', async () => {
    const names = ['stray.jpg', 'truncated.jpg', 'orientation-1.jpg', 'truncated-ended.jpg', 'rgb.jpg', 'no-end.jpg'];
    const files = names.map(read);
    const results = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        decodePixels(files[index % names.length]!, {}).then(
          () => 'read',
          ({ kind }) => kind,
        ),
      ),
    );
    const each = ['read', 'truncated', 'read', 'damaged', 'read', 'read'];
    expect(results).toEqual(Array.from({ length: 120 }, (_, index) => each[index % names.length]));
  });
});
