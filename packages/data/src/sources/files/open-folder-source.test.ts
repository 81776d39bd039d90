import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ImageSize } from '@semmae/core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageDatasetOptions } from '../../decoding-dataset';
import type { ImageDataset } from '../../image-dataset';
import { imageDataset } from '../../image-dataset-of';
import { UnreadableImage } from '../../unreadable-image';
import { type OpenFolderSourceOptions, openFolderSource } from './open-folder-source';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'folder-source-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('openFolderSource and imageDataset', () => {
  it('reads a flat folder in the order of names and ignores other files', async () => {
    await save('b.png', 31, 17, () => [10, 20, 30]);
    await save('a.PNG', 31, 17, () => [40, 50, 60]);
    await writeFile(join(root, 'notes.txt'), 'not an image');
    await writeFile(join(root, '._a.png'), 'resource fork');
    const dataset = await open({ height: 7, width: 11 });
    expect(dataset.length).toBe(2);
    expect(dataset.classNames).toBeUndefined();
    expect(dataset.leftOut.summary()).toBe('1 hidden file, 1 other file');
    const image = await dataset.get(0);
    expect(image).toMatchObject({ id: 'a', height: 7, width: 11 });
    expect(image.label).toBeUndefined();
    expect([...image.pixels]).toEqual(Array.from({ length: 77 }, () => [40, 50, 60]).flat());
  });

  it('takes one sub-folder per class, numbered by name, with deeper folders inside', async () => {
    await save('zebra/1.png', 16, 16, () => [1, 1, 1]);
    await save('ant/deep/2.png', 16, 16, () => [2, 2, 2]);
    await save('ant/3.png', 16, 16, () => [3, 3, 3]);
    await mkdir(join(root, 'empty'));
    const dataset = await open({ height: 16, width: 16 });
    const images = await Promise.all([0, 1, 2].map((index) => dataset.get(index)));
    expect(dataset.classNames).toEqual(['ant', 'zebra']);
    expect(images.map(({ id, label }) => [id, label])).toEqual([
      ['ant/3', 0],
      ['ant/deep/2', 0],
      ['zebra/1', 1],
    ]);
  });

  it('leaves out corrupt and truncated files, names them and counts them', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
      await save(`${name}.jpg`, 64, 48, (x, y) => [4 * x, 5 * y, (x * y) % 251]);
    const whole = await readFile(join(root, 'b.jpg'));
    await writeFile(join(root, 'b.jpg'), whole.subarray(0, Math.floor(whole.length * 0.6))); // truncated
    await writeFile(join(root, 'c.jpg'), 'this is no image'); // corrupt from the start
    await writeFile(join(root, 'd.jpg'), ''); // empty
    await writeFile(join(root, 'e.jpg'), whole.fill(0, Math.floor(whole.length * 0.5), Math.floor(whole.length * 0.7))); // damaged inside
    const dataset = await open({ height: 32, width: 32 }, {}, root, { maxUnreadable: 0.7 });
    expect([dataset.length, dataset.leftOut.total]).toEqual([6, 0]); // nothing is read when it is opened
    const results = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => dataset.get(index)));
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, false, false, false, true]);
    await expect(dataset.get(1)).rejects.toSatisfy(UnreadableImage.isInstance);
    expect(
      dataset.leftOut
        .entries()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['b', 'c', 'd', 'e']); // each once
    for (const { reason } of dataset.leftOut.entries()) expect(reason).toMatch(/^[^\n]+$/);
  });

  it.each([
    [37, 83, 24, 24],
    [83, 37, 16, 40],
    [30, 30, 60, 45],
    [101, 67, 32, 64],
  ])('resizes image and part map %ix%i alike to %ix%i', async (sourceWidth, sourceHeight, height, width) => {
    // A chequerboard of parts 0 and 5, painted black and white: the map must lie on the resized picture.
    const part = (x: number, y: number) =>
      5 * ((Math.floor((7 * x) / sourceWidth) + Math.floor((7 * y) / sourceHeight)) % 2);
    const gray = (x: number, y: number) => 51 * part(x, y);
    await save('images/car.png', sourceWidth, sourceHeight, (x, y) => [gray(x, y), gray(x, y), gray(x, y)]);
    await save('masks/car.png', sourceWidth, sourceHeight, (x, y) => [part(x, y)]);
    const { pixels, parts } = await (await open({ height, width })).get(0);
    const difference = (down: number, right: number) => {
      let sum = 0;
      for (let y = 1; y < height - 1; y++) {
        for (let x = 1; x < width - 1; x++) {
          sum += Math.abs(pixels[3 * ((y + down) * width + x + right)]! - 51 * parts![y * width + x]!);
        }
      }
      return sum;
    };
    // Pixels on a border are mixed and differ by half at most. Moved by one pixel, a border differs all along; a map
    // that was off by half a pixel would fit one of the neighbors as well as its own place.
    for (const [down, right] of [
      [0, 1],
      [0, -1],
      [1, 0],
      [-1, 0],
    ] as const) {
      expect(difference(0, 0)).toBeLessThan(0.85 * difference(down, right));
    }
    expect(new Set(parts)).toEqual(new Set([0, 5])); // nearest: no ids in between
  });

  it('keeps part ids exactly at the source size', async () => {
    await save('images/car.png', 13, 7, () => [9, 9, 9]);
    await save('masks/car.png', 13, 7, (x, y) => [(x + 13 * y) % 19]);
    const dataset = await open({ height: 7, width: 13 }, { partNames: ['door'] });
    expect([...(await dataset.get(0)).parts!]).toEqual(Array.from({ length: 91 }, (_, index) => index % 19));
    expect(dataset.partNames).toEqual(['door']);
  });

  it('takes part maps from another folder and leaves images without one alone', async () => {
    await save('photos/x/1.png', 8, 8, () => [9, 9, 9]);
    await save('photos/x/2.png', 8, 8, () => [9, 9, 9]);
    await save('labels/x/2.png', 8, 8, () => [3]);
    const masks = join(root, 'labels');
    const dataset = await open({ height: 8, width: 8 }, { masks }, join(root, 'photos'));
    expect((await dataset.get(0)).parts).toBeUndefined();
    expect(new Set((await dataset.get(1)).parts)).toEqual(new Set([3]));
  });

  it('refuses a part map of another size and names both', async () => {
    await save('images/car.png', 20, 10, () => [9, 9, 9]);
    await save('masks/car.png', 10, 20, () => [1]);
    await expect((await open({ height: 8, width: 8 })).get(0)).rejects.toThrow(
      /images\/car\.png \(20x10 pixels\), got .*masks\/car\.png \(10x20 pixels\); /,
    );
  });

  it('turns images upright and makes gray, CMYK and transparent ones RGB', async () => {
    const half = Buffer.from(Array.from({ length: 12 * 8 }, (_, i) => (i % 12 < 6 ? [255, 0, 0] : [0, 0, 255])).flat());
    const raw = { width: 12, height: 8, channels: 3 } as const;
    // orientation 6: to be shown turned by 90 degrees clockwise, so what was left comes to the top
    await sharp(half, { raw }).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toFile(join(root, '1.jpg'));
    await sharp(half, { raw }).grayscale().png().toFile(join(root, '2.png'));
    await sharp(half, { raw }).toColorspace('cmyk').jpeg().toFile(join(root, '3.jpg'));
    await sharp(half, { raw }).ensureAlpha(0).png().toFile(join(root, '4.png'));
    const dataset = await open({ height: 12, width: 8 });
    expect(dataset.leftOut.total).toBe(0);
    const upright = (await dataset.get(0)).pixels;
    expect(upright[0]).toBeGreaterThan(200); // red above
    expect(upright[3 * 8 * 11 + 2]).toBeGreaterThan(200); // blue below
    for (const index of [1, 2, 3]) expect((await dataset.get(index)).pixels).toHaveLength(12 * 8 * 3);
    expect(new Set((await dataset.get(3)).pixels)).toEqual(new Set([255])); // transparent shows white
  });

  it('gives the same images without a cache', async () => {
    await save('a.jpg', 40, 30, (x, y) => [6 * x, 8 * y, 0]);
    const [cached, uncached] = await Promise.all(
      [undefined, 0].map((cacheBytes) => open({ height: 16, width: 16 }, {}, root, { cacheBytes })),
    );
    expect(await uncached!.get(0)).toEqual(await cached!.get(0));
    expect(await cached!.get(0)).toBe(await cached!.get(0));
    expect(await uncached!.get(0)).not.toBe(await uncached!.get(0));
  });

  it('says in one line what is missing', async () => {
    await expect(openFolderSource(join(root, 'none'))).rejects.toThrow(/none must be a folder, got ENOENT[^\n]*$/);
    await expect(openFolderSource(root)).rejects.toThrow(/must hold images .* got none$/);
    await save('good.jpg', 8, 8, () => [1, 2, 3]);
    await mkdir(join(root, 'masks'));
    await expect(openFolderSource(root, { masks: join(root, 'masks') })).rejects.toThrow(
      /such as good\.png, got none$/,
    );
  });
});

async function open(
  imageSize: ImageSize,
  options: OpenFolderSourceOptions = {},
  folder = root,
  reading: ImageDatasetOptions = {},
): Promise<ImageDataset> {
  return imageDataset(await openFolderSource(folder, options), { imageSize }, reading);
}

/** Writes an image of `width` x `height` from a function of the place; one value a pixel makes a gray one. */
async function save(
  name: string,
  width: number,
  height: number,
  paint: (x: number, y: number) => number[],
): Promise<void> {
  const pixels = Array.from({ length: width * height }, (_, index) => paint(index % width, Math.floor(index / width)));
  const channels = pixels[0]!.length as 1 | 3;
  const path = join(root, name);
  await mkdir(dirname(path), { recursive: true });
  const image = sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels } });
  await (channels === 1 ? image.toColorspace('b-w') : image).toFile(path);
}
