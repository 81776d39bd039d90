import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { frameImage } from '../views/frame-image';
import table from './__fixtures__/images.json';
import { decodePixels } from './decode-pixels';
import { luma } from './luma';
import { assertPixelRules, type PixelRules } from './pixel-rules';
import { Undecodable } from './undecodable';

interface Row {
  what: string;
  rules?: PixelRules;
  /** Of what Pillow, NumPy and tifffile read; undefined where it is to be refused. */
  shape?: readonly number[];
  values?: readonly number[];
  /** Only the middle of each block of so many pixels is listed. */
  every?: number;
  tolerance?: number;
  refused?: string;
  format?: string;
}

const rows = Object.entries(table as unknown as Record<string, Row>);
const read = (name: string) => new Uint8Array(readFileSync(new URL(`__fixtures__/images/${name}`, import.meta.url)));

describe('decodePixels', () => {
  it.each(rows.filter(([, { values }]) => values))('%s is what Pillow and NumPy read', async (name, row) => {
    const { pixels, height, width, channels } = await decodePixels(read(name), { pixels: row.rules });
    expect([height, width, channels]).toEqual(row.shape);
    expect(pixels.length).toBe(height * width * channels);
    const { every = 1, tolerance = 0 } = row;
    const listed = [...pixels].filter((_, index) => {
      const pixel = Math.floor(index / channels);
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      return every === 1 || (y % every === 3 && x % every === 3);
    });
    expect(listed.length).toBe(row.values!.length);
    const worst = Math.max(...listed.map((value, index) => Math.abs(value - row.values![index]!)));
    expect(worst).toBeLessThanOrEqual(tolerance + 1e-4);
  });

  it.each(rows.filter(([, { refused }]) => refused))('%s is refused by name', async (name, row) => {
    const attempt = decodePixels(read(name), { pixels: row.rules });
    await expect(attempt).rejects.toBeInstanceOf(Undecodable);
    await expect(attempt).rejects.toMatchObject({ kind: row.refused });
    await expect(attempt).rejects.toThrow(/^[^\n]{3,300}$/);
    if (row.format !== undefined) await expect(attempt).rejects.toThrow(row.format);
  });

  it('refuses what is larger than it may be, before it is decoded', async () => {
    const attempt = decodePixels(read('rgb.png'), { pixels: { pixelLimit: 34 } });
    await expect(attempt).rejects.toThrow('7 x 5 pixels, more than `pixelLimit` allows, 34');
    const rules = { channels: 10, valueRange: [0, 1] } as const;
    await expect(decodePixels(read('ten.tif'), { pixels: { ...rules, pixelLimit: 87 } })).rejects.toThrow(
      /of 10 bands/,
    );
    const largest = await decodePixels(read('ten.tif'), { pixels: { ...rules, pixelLimit: 88 } }); // 5 x 7 x 10 / 4 = 87.5
    expect(largest).toMatchObject({ height: 5, width: 7, channels: 10 });
  });

  it.each([
    ['gray-16-sensor-range.png', { channels: 1, valueRange: [0, 3000] }, 1],
    ['five-contig.tif', { channels: 5 }, 5],
    ['rgb-16-profile.png', {}, 3],
    ['float-range.npy', { valueRange: [0, 1] }, 3],
  ] as const)('brings %s to size as the photograph of its channels', async (name, rules, channels) => {
    const whole = await decodePixels(read(name), { pixels: rules });
    for (const framing of [undefined, { interpolation: 'bilinear', cropFraction: 0.5 }] as const) {
      for (const imageSize of [
        { height: 3, width: 2 },
        { height: 13, width: 17 },
      ]) {
        const sized = await decodePixels(read(name), { imageSize, framing, pixels: rules });
        expect(sized).toMatchObject({ ...imageSize, channels, source: { height: 5, width: 7 } });
        expect(sized.pixels.length).toBe(imageSize.height * imageSize.width * channels);
        expect(sized.pixels.constructor).toBe(whole.pixels.constructor);
        if (framing === undefined) continue;
        const image = { height: 5, width: 7, channels, pixels: Float32Array.from(whole.pixels) };
        const expected = frameImage(image, imageSize, framing);
        const worst = Math.max(...expected.map((value, index) => Math.abs(value - sized.pixels[index]!)));
        expect(worst).toBeLessThanOrEqual(whole.pixels instanceof Uint8Array ? 2 : 1e-3);
      }
    }
  });

  it('makes gray of pictures at their size', async () => {
    for (const imageSize of [undefined, { height: 3, width: 2 }, { height: 13, width: 17 }]) {
      const rgb = await decodePixels(read('rgb.png'), { imageSize });
      const gray = await decodePixels(read('rgb.png'), { imageSize, pixels: { channels: 1 } });
      expect(gray.pixels).toEqual(luma(rgb.pixels));
    }
  });

  it('computes no more of a long image than is wanted', async () => {
    const line = { height: 60_000, width: 1, channels: 3, pixels: new Uint8Array(180_000).fill(7) };
    const start = performance.now();
    const { pixels } = await decodePixels(line, { imageSize: { height: 224, width: 224 } });
    expect(pixels.every((value) => value === 7)).toBe(true);
    expect(performance.now() - start).toBeLessThan(2000); // all of it would be 9 GB
  });

  it('refuses rules that no file could follow', () => {
    const check = (rules: PixelRules) => () => assertPixelRules('here', rules);
    expect(check({ channels: 3, bands: [0, 1] })).toThrow(
      'here: bands must name one for each channel, got 2 bands, channels 3',
    );
    expect(check({ valueRange: [3, 3] })).toThrow('here: valueRange must be two numbers, the lower first, got [3, 3]');
    expect(check({ valueRange: [0, Number.NaN] })).toThrow(/two numbers/);
    expect(check({ bands: [-1] })).toThrow(/bands\[0\]/);
    expect(check({ pixelLimit: 0 })).toThrow(/pixelLimit/);
  });
});
