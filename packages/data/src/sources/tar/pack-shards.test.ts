import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRng } from '@semmae/core';
import { decode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { arraySource } from '../array-source';
import type { ImageSample, ImageSource } from '../image-source';
import { openTarSource } from './open-tar-source';
import { type PackShardsOptions, packShards } from './pack-shards';

let root: string;
const sources: ImageSource[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pack-shards-'));
});
afterEach(() => {
  for (const source of sources.splice(0)) source.close?.();
  rmSync(root, { recursive: true });
});
const python = process.env.WEBDATASET_PYTHON ?? 'python3';
const find = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("webdataset") is None)';
const hasWebdataset = spawnSync(python, ['-c', find]).status === 0;

const at = (name: string) => join(root, name);

const jpeg = (index: number, length = 40) =>
  Uint8Array.from({ length: length + index }, (_, place) => [0xff, 0xd8, 0xff][place] ?? (7 * index + place) % 256);
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

/** `count` images of some classes, every third with a part map, every fifth without a label. */
function photographs(count: number): ImageSource {
  const samples = Array.from(
    { length: count },
    (_, index): ImageSample => ({
      image: jpeg(index),
      label: index % 5 === 4 ? undefined : index % 3,
      ...(index % 3 === 2 && { mask: Uint8Array.from([...png, index]) }),
    }),
  );
  const ids = samples.map((_, index) => `class-${index % 3}/${String(index).padStart(3, '0')}`);
  return arraySource(samples, { ids, classNames: ['ant', 'bee', 'cow'], partNames: ['head'] });
}

async function pack(source: ImageSource, options: PackShardsOptions) {
  return packShards(source, { ...options, out: at(options.out) });
}

async function contents(source: ImageSource) {
  sources.push(source);
  const indices = Array.from({ length: source.length }, (_, index) => index);
  const samples = await Promise.all(indices.map((index) => source.read(index)));
  return samples.map(({ image, mask, label }, index) => ({ id: source.idAt(index), image, mask, label }));
}

describe('packShards', () => {
  it.each([
    ['set/{000..}.tar', { maxImages: 7 }, [7, 7, 7, 2]],
    ['set/p-{8..}.tar', { maxBytes: 10_000 }, [4, 4, 4, 4, 4, 3]],
    ['set/{00..}.tar.gz', { maxImages: 20 }, [20, 3]],
    ['all.tgz', {}, [23]],
  ])('writes what opens as the same: %s', async (out, limits, counts) => {
    const source = photographs(23);
    const seen: number[] = [];
    const { shards, images, bytes, leftOut } = await pack(source, {
      out,
      ...limits,
      onProgress: ({ done }) => seen.push(done),
    });
    expect([images, leftOut.total, seen.at(-1), shards.length]).toEqual([23, 0, 23, counts.length]);
    const again = await openTarSource(shards, { cacheFolder: at('cache') });
    expect(await contents(again)).toEqual(await contents(source));
    expect([again.classNames, again.partNames, again.leftOut!.total]).toEqual([source.classNames, source.partNames, 0]);
    const ends = [...Array.from(again.shardStarts!).slice(1), 23];
    expect(ends.map((end, shard) => end - again.shardStarts![shard]!)).toEqual(counts);
    if (out.endsWith('.tar')) {
      const sizes = shards.map((path) => statSync(path).size);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes + 1024 * shards.length);
      if ('maxBytes' in limits) for (const size of sizes) expect(size).toBeLessThanOrEqual(limits.maxBytes! + 1024);
    }
  });

  it('writes the same bytes every time', async () => {
    const [one] = (await pack(photographs(5), { out: 'a.tar' })).shards;
    const [two] = (await pack(photographs(5), { out: 'b.tar' })).shards;
    expect(readFileSync(one!).equals(readFileSync(two!))).toBe(true);
  });

  it('writes pixels and part ids as PNG of their depth', async () => {
    const rng = createRng(5);
    const draw = (length: number, below: number) => Array.from({ length }, () => rng.integer(below));
    const source = arraySource([
      { image: { height: 5, width: 7, channels: 3, pixels: Uint8Array.from(draw(105, 256)) } },
      {
        image: { height: 3, width: 2, channels: 1, pixels: Uint16Array.from(draw(6, 65536)) },
        mask: { height: 3, width: 2, ids: Uint16Array.from(draw(6, 65536)) },
      },
    ]);
    const { shards } = await pack(source, { out: 'a.tar' });
    const again = await openTarSource(shards, { cacheFolder: false });
    const [first, second] = await contents(again);
    expect(decode(first!.image as Uint8Array)).toMatchObject({
      height: 5,
      width: 7,
      channels: 3,
      depth: 8,
      data: ((await source.read(0)) as { image: { pixels: Uint8Array } }).image.pixels,
    });
    expect(decode(second!.image as Uint8Array)).toMatchObject({ depth: 16, channels: 1 });
    const { mask } = await source.read(1);
    expect(decode(second!.mask as Uint8Array).data).toEqual((mask as { ids: Uint16Array }).ids);
    const float = arraySource([{ image: { height: 1, width: 1, channels: 1, pixels: new Float32Array(1) } }]);
    await expect(pack(float, { out: 'b.tar' })).rejects.toThrow(
      /integers in 1 to 4 channels.* got 0 of 1 channels of Float32Array/,
    );
    expect(readdirSync(root).sort()).toEqual(['a.tar']);
  });

  it('says what it leaves out and renames, and refuses ids that are no keys', async () => {
    const source = (ids: string[], samples = ids.map((_, index): ImageSample => ({ image: jpeg(index) }))) =>
      arraySource(samples, { ids });
    const dotted = await pack(source(['a.b/photo.2021.06', 'c']), { out: 'a.tar' });
    expect(dotted.renamed).toBe(1);
    expect((await contents(await openTarSource(dotted.shards, { cacheFolder: false }))).map(({ id }) => id)).toEqual([
      'a.b/photo_2021_06',
      'c',
    ]);
    const samples = [
      { image: new Uint8Array() },
      { image: jpeg(1) },
      { image: Uint8Array.of(1, 2, 3) },
      { image: Uint8Array.of(1), names: { image: 'x.JPEG' } },
    ];
    const odd = await pack(source(['0', '1', '2', '3'], samples), { out: 'b.tar' });
    expect([odd.images, odd.leftOut.summary()]).toEqual([2, '1 empty file, 1 file of an unknown format']);
    for (const id of ['../a', '/a', '.x/a', 'x/../y', 'a\nb', '__a__/b', '']) {
      await expect(pack(source([id]), { out: 'c.tar' })).rejects.toThrow('ids must be plain paths');
    }
    await expect(pack(source(['a.b', 'a_b']), { out: 'c.tar' })).rejects.toThrow(
      'got a_b of a_b and of an earlier image',
    );
    const mask = { image: jpeg(1), mask: jpeg(2) };
    await expect(pack(source(['a'], [mask]), { out: 'c.tar' })).rejects.toThrow(
      'the part map of a must be PNG, TIFF or NumPy, got jpg',
    );
    expect(readdirSync(root).sort()).toEqual(['a.tar', 'b.tar']);
  });

  it('leaves whole shards alone when it is stopped, and goes on behind them', async () => {
    const source = photographs(23);
    const stop = new AbortController();
    const options = { out: 'set/{0..}.tar', maxImages: 4, signal: stop.signal };
    const stopping = pack(source, {
      ...options,
      onProgress: ({ done }) => done === 10 && stop.abort(new Error('stopped by hand')),
    });
    await expect(stopping).rejects.toThrow('stopped by hand');
    expect(readdirSync(at('set')).sort()).toEqual(['0.tar', '1.tar', 'classes.json', 'parts.json']);
    await expect(pack(source, { out: 'set/{0..}.tar' })).rejects.toThrow(
      /set\/0\.tar must not be there yet, got 2 of them; .* pass `resume`/,
    );
    const rest = await pack(source, { out: 'set/{0..}.tar', maxImages: 9, resume: true });
    expect([rest.images, rest.shards.length]).toEqual([23, 4]);
    const again = await openTarSource(at('set'), { cacheFolder: false });
    expect(await contents(again)).toEqual(await contents(source));
    const nothing = await pack(source, { out: 'set/{0..}.tar', resume: true });
    expect([nothing.images, nothing.bytes, nothing.shards.length]).toEqual([23, 0, 4]);
    rmSync(at('set/1.tar'));
    await expect(pack(source, { out: 'set/{0..}.tar', resume: true })).rejects.toThrow(
      'got 3 archives of such names, 1.tar not among them',
    );
    rmSync(at('set/2.tar'));
    rmSync(at('set/3.tar'));
    const other = arraySource([{ image: jpeg(1) }], {
      ids: ['x'],
      classNames: source.classNames!,
      partNames: ['head'],
    });
    await expect(pack(other, { out: 'set/{0..}.tar', resume: true })).rejects.toThrow(
      /must hold the first images .* got class-0\/000 in place of x/,
    );
  });

  it('passes on what the source says, and leaves no half shard', async () => {
    const source = photographs(9);
    const failing: ImageSource = {
      ...source,
      read: (index) => (index === 6 ? Promise.reject(new Error('gone')) : source.read(index)),
    };
    await expect(pack(failing, { out: '{0..}.tar', maxImages: 4 })).rejects.toThrow('gone');
    expect(readdirSync(root).sort()).toEqual(['0.tar', 'classes.json', 'parts.json']);
  });

  it('says in a line what cannot be written', async () => {
    const source = photographs(2);
    for (const out of ['set', 'a-{0..5}.tar', '{0..}/a.tar', 'a{0..}{0..}.tar', 'a.zip']) {
      await expect(pack(source, { out })).rejects.toThrow(/^packShards: out must name tar archives/);
    }
    await expect(pack(source, { out: 'a.tar', maxImages: 1 })).rejects.toThrow('out must hold {000..}');
    await expect(pack(arraySource([]), { out: 'a.tar' })).rejects.toThrow('the source must hold images, got none');
    if (!('createZstdCompress' in process.getBuiltinModule('node:zlib'))) {
      await expect(pack(source, { out: 'a.tar.zst' })).rejects.toThrow(
        /^packShards: zstd takes Node 22.15 or later, got v2\d\.[^\n]*; write .tar/,
      );
    }
    writeFileSync(at('classes.json'), '["other"]');
    await expect(pack(source, { out: 'a.tar' })).rejects.toThrow(/classes\.json: must hold the names of the source/);
    writeFileSync(at('file'), '');
    await expect(pack(source, { out: 'file/a.tar' })).rejects.toThrow('must be a folder that can be written');
    expect(readdirSync(root).sort()).toEqual(['classes.json', 'file']);
  });

  it.runIf(hasWebdataset)('opens in Python as the same (webdataset)', async () => {
    const long = 'folder of a name that is longer than a header of tar takes/'.repeat(3);
    const samples = [0, 1, 2].map(
      (index): ImageSample => ({ image: jpeg(index), label: index, ...(index === 1 && { mask: png }) }),
    );
    const { shards } = await pack(arraySource(samples, { ids: ['a/0', `${long}1`, 'süß/2'] }), {
      out: '{00..}.tar',
      maxImages: 2,
    });
    const program = `
import json, sys, webdataset
samples = webdataset.WebDataset(sys.argv[1:], shardshuffle=False)
print(json.dumps([{name: value.hex() if isinstance(value, bytes) else value for name, value in one.items() if not name.startswith("__") or name == "__key__"} for one in samples]))
`;
    const read = JSON.parse(
      execFileSync(python, ['-c', program, ...shards], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    const hex = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString('hex');
    expect(read).toEqual([
      { __key__: 'a/0', jpg: hex(jpeg(0)), cls: '30' },
      { __key__: `${long}1`, jpg: hex(jpeg(1)), cls: '31', 'mask.png': hex(png) },
      { __key__: 'süß/2', jpg: hex(jpeg(2)), cls: '32' },
    ]);
  });
});
