// What every image source must do, as a vitest suite that implementations elsewhere can run too.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ImageSample, ImageSource } from '../image-source';

export interface ImageSourceContractOptions {
  /** Title of the suite. */
  title: string;
  /** Images that the source must have. Default: any number from 1. */
  length?: number | undefined;
  /** Images that are read, spread over the source. Default 29. */
  readings?: number | undefined;
}

/**
 * Describes the contract of the source that `open` gives, which must hold at least one image; call it at the top level of a test file.
 * `open` is called several times, and every source it gives is closed.
 */
export function describeImageSource(
  open: () => ImageSource | Promise<ImageSource>,
  { title, length, readings = 29 }: ImageSourceContractOptions,
): void {
  describe(`image source: ${title}`, () => {
    let source: ImageSource;
    let chosen: number[];
    beforeAll(async () => {
      source = await open();
      const count = Math.min(readings, source.length);
      chosen = Array.from({ length: count }, (_, place) => Math.floor((place * source.length) / count));
    });
    afterAll(() => source.close?.());

    it('has a name and a length', () => {
      expect(source.name).not.toBe('');
      expect(source.length).toSatisfy((count: number) => Number.isInteger(count) && count > 0);
      if (length !== undefined) expect(source.length).toBe(length);
    });

    it('names every image once', () => {
      const ids = new Set<string>();
      for (let index = 0; index < source.length; index++) {
        const id = source.idAt(index);
        expect(id).not.toBe('');
        expect([id, ids.has(id)]).toEqual([id, false]);
        ids.add(id);
      }
    });

    it('gives an image or its bytes, and the same ones again', async () => {
      for (const index of chosen) {
        const sample = await source.read(index);
        expectSound(sample);
        expect(await source.read(index)).toEqual(sample);
      }
    });

    it('reads several images at a time, in any order', async () => {
      const forwards: ImageSample[] = [];
      for (const index of chosen) forwards.push(await source.read(index));
      const backwards = await Promise.all([...chosen].reverse().map((index) => source.read(index)));
      expect(backwards.reverse()).toEqual(forwards);
    });

    it('says the label that reading tells, a class where classes have names', async () => {
      for (const index of chosen) {
        const { label } = await source.read(index);
        const known = source.labelAt?.(index);
        if (source.labelAt !== undefined && label !== undefined) expect([index, known]).toEqual([index, label]);
        for (const one of [label, known]) {
          if (one === undefined) continue;
          expect(one).toSatisfy((value: number) => Number.isInteger(value) && value >= 0);
          if (source.classNames !== undefined) expect(one).toBeLessThan(source.classNames.length);
        }
      }
      if (source.classNames !== undefined) expect(new Set(source.classNames).size).toBe(source.classNames.length);
    });

    it('refuses indices that are not there', async () => {
      for (const index of [-1, source.length, 0.5, Number.NaN]) {
        expect(() => source.idAt(index)).toThrow();
        if (source.labelAt !== undefined) expect(() => source.labelAt!(index)).toThrow();
        await expect(Promise.resolve().then(() => source.read(index))).rejects.toThrow();
      }
    });

    it('begins its shards at 0, each after the one before', () => {
      const starts = Array.from(source.shardStarts ?? [0]);
      expect(starts[0]).toBe(0);
      for (const [shard, start] of starts.entries()) {
        expect(start).toBeLessThan(source.length);
        if (shard > 0) expect(start).toBeGreaterThan(starts[shard - 1]!);
      }
    });

    it('is the same when it is opened again, and can be closed twice', async () => {
      const again = await open();
      expect([again.length, again.classNames, again.partNames]).toEqual([
        source.length,
        source.classNames,
        source.partNames,
      ]);
      for (let index = 0; index < source.length; index++) {
        if (again.idAt(index) !== source.idAt(index))
          expect([index, again.idAt(index)]).toEqual([index, source.idAt(index)]);
      }
      expect(await again.read(chosen.at(-1)!)).toEqual(await source.read(chosen.at(-1)!));
      again.close?.();
      again.close?.();
    });
  });
}

function expectSound({ image, mask }: ImageSample): void {
  if (image instanceof Uint8Array) expect(image.length).toBeGreaterThan(0);
  else expect(image.pixels.length).toBe(image.height * image.width * image.channels);
  if (mask === undefined) return;
  if (mask instanceof Uint8Array) expect(mask.length).toBeGreaterThan(0);
  else expect(mask.ids.length).toBe(mask.height * mask.width);
}
