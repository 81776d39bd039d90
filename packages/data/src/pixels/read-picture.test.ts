import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

import { readPicture } from './read-picture';

describe('readPicture', () => {
  it('finds the same reason however many pictures are read at a time', async () => {
    const noise = Uint8Array.from({ length: 64 * 96 * 3 }, (_, place) => (place * 7919) % 251);
    const whole = await sharp(noise, { raw: { width: 96, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    const bytes = new Uint8Array(whole.subarray(0, whole.length / 2));
    const picture = { bytes, format: 'JPEG', pixelLimit: 1e6, damaged: 'accept-warnings' } as const;
    const kinds = new Set<string>();
    for (let round = 0; round < 25; round++) {
      const several = Array.from({ length: 8 }, () => readPicture(picture, (image) => image.raw().toBuffer()));
      for (const result of await Promise.allSettled(several)) {
        kinds.add(result.status === 'rejected' ? result.reason.kind : result.status);
      }
    }
    expect([...kinds]).toEqual(['truncated']);
  });
});
