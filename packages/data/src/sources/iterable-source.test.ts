import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { IterableSample } from './collect-samples';
import type { ImageSample } from './image-source';
import { iterableSource } from './iterable-source';
import { describeImageSource } from './testing';

/** Samples of every kind, 5 x 3 pixels each, made in arrays that are used again. */
async function* samples(count: number): AsyncGenerator<IterableSample> {
  const [bytes, words, floats] = [new Uint8Array(90), new Uint16Array(15), new Float32Array(15)];
  for (let place = 0; place < count; place++) {
    const id = `sample-${place}`;
    for (const array of [bytes, words, floats]) array.fill(place + 1);
    const size = { height: 5, width: 3 };
    const mask = place % 2 === 0 ? { mask: { ...size, ids: words } } : {};
    if (place % 3 === 0) yield { id, image: bytes, ...mask, label: place % 7, names: { image: `${id}.jpg` } };
    if (place % 3 === 1) yield { id, image: { ...size, channels: 1, pixels: floats }, ...mask };
    if (place % 3 === 2) yield { id, image: { ...size, channels: 1, pixels: words }, ...mask, label: place % 7 };
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'iterable-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describeImageSource(() => iterableSource(samples(11)), { title: 'an iterator in memory', length: 11 });
describeImageSource(() => iterableSource(samples(11), { memoryBytes: 200 }), { title: 'an iterator in a file' });

describe('iterableSource', () => {
  it.each([0, 200, 2 ** 20])('gives back what came, of which %i bytes are in memory', async (memoryBytes) => {
    const source = await iterableSource(samples(23), { memoryBytes, folder });
    expect(source.length).toBe(23);
    const expected: ImageSample[] = [];
    for await (const { id, ...sample } of samples(23)) expected.push(structuredClone(sample));
    const read = await Promise.all(Array.from({ length: 23 }, (_, index) => source.read(22 - index)));
    expect(read.reverse()).toEqual(expected);
    expect([source.idAt(9), source.labelAt?.(9), source.labelAt?.(10)]).toEqual(['sample-9', 2, undefined]);
    source.close?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes so many of an iterator that never ends, and tells it to stop', async () => {
    let stopped = false;
    function* forever(): Generator<IterableSample> {
      try {
        for (;;) yield { image: new Uint8Array(10) };
      } finally {
        stopped = true;
      }
    }
    const source = await iterableSource(forever(), { count: 5 });
    expect([source.length, source.idAt(4), stopped]).toEqual([5, '4', true]);
  });

  it('leaves no file behind when samples fail', async () => {
    async function* failing(): AsyncGenerator<IterableSample> {
      yield* samples(5);
      throw new Error('no more');
    }
    await expect(iterableSource(failing(), { memoryBytes: 0, folder })).rejects.toThrow('no more');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses ids that repeat, and nothing at all', async () => {
    const twice = [1, 2].map(() => ({ id: 'a', image: new Uint8Array(1) }));
    await expect(iterableSource(twice, { name: 'mine' })).rejects.toThrow(
      'mine: ids of samples must differ, got a twice',
    );
    await expect(iterableSource([])).rejects.toThrow('iterable: must give samples, got none');
    await expect(iterableSource([], { folder: join(folder, 'none'), count: 0 })).rejects.toThrow(
      'count must be an integer of at least 1',
    );
    const full = iterableSource(samples(3), { memoryBytes: 0, folder: join(folder, 'none') });
    await expect(full).rejects.toThrow(/^iterableSource: /);
  });
});
