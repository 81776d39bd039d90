import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import { testPicture } from '../__fixtures__/test-picture';
import { encodePng } from './encode-png';
import { writePng } from './write-png';

const picture = testPicture(13, 29);

async function decoded(source: string | Uint8Array): Promise<{ height: number; width: number; pixels: Uint8Array }> {
  const { data, info } = await sharp(source).raw().toBuffer({ resolveWithObject: true });
  return { height: info.height, width: info.width, pixels: new Uint8Array(data) };
}

describe('encodePng', () => {
  it('is lossless and deterministic', async () => {
    const bytes = await encodePng(picture);
    expect(await decoded(bytes)).toEqual(picture);
    expect(await encodePng(picture)).toEqual(bytes);
  });

  it('reduces the colors on request', async () => {
    const few = await decoded(await encodePng(picture, { colors: 16 }));
    const seen = new Set(Array.from({ length: 13 * 29 }, (_, at) => few.pixels.subarray(at * 3, at * 3 + 3).join()));
    expect([few.height, few.width]).toEqual([13, 29]);
    expect(seen.size).toBeLessThanOrEqual(16);
    expect(seen.size).toBeGreaterThan(4);
    await expect(encodePng(picture, { colors: 257 })).rejects.toThrow(/colors must be between 2 and 256, got 257/);
  });

  it('writes whole files into folders that did not exist', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'semmae-report-'));
    try {
      const path = join(folder, 'deeper', 'picture.png');
      await writePng(path, picture);
      expect(await decoded(path)).toEqual(picture);
      expect(await readdir(join(folder, 'deeper'))).toEqual(['picture.png']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
