import { readFileSync } from 'node:fs';

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import type { ImageFormat } from './image-format';
import { readPicture } from './read-picture';

const noise = Uint8Array.from({ length: 64 * 96 * 3 }, (_, place) => (place * 7919) % 251);
const picture = () => sharp(noise, { raw: { width: 96, height: 64, channels: 3 } });
const half = (bytes: Uint8Array) => new Uint8Array(bytes.subarray(0, bytes.length / 2));
const wrong = (bytes: Uint8Array, from: number) => new Uint8Array(bytes).fill(255, from, from + 100);

describe('readPicture', () => {
  it('finds the same reason however many pictures are read at a time', async () => {
    const files: [format: ImageFormat, bytes: Uint8Array, kind: string][] = [
      ['JPEG', half(await picture().jpeg().toBuffer()), 'truncated'],
      ['PNG', half(await picture().png().toBuffer()), 'truncated'],
      ['AVIF', half(await picture().avif().toBuffer()), 'truncated'],
      ['TIFF', readFileSync(new URL('__fixtures__/images/truncated.tif', import.meta.url)), 'truncated'],
      ['WebP', wrong(await picture().webp({ lossless: true }).toBuffer(), 60), 'damaged'],
      ['GIF', wrong(await picture().gif().toBuffer(), -900), 'damaged'],
    ];
    const found = files.map(() => new Set<string>());
    async function read(place: number): Promise<void> {
      const [format, bytes] = files[place]!;
      for (const damaged of ['accept-warnings', 'strict'] as const) {
        const attempt = readPicture({ bytes, format, pixelLimit: 1e6, damaged }, (image) => image.raw().toBuffer());
        found[place]!.add(
          await attempt.then(
            () => 'read',
            ({ kind }) => kind,
          ),
        );
      }
    }
    for (let round = 0; round < 25; round++) {
      await Promise.all(Array.from({ length: 18 }, (_, index) => read(index % files.length)));
    }
    expect(found.map((kinds) => [...kinds])).toEqual(files.map(([, , kind]) => [kind]));
  });
});
