import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { partDataset } from '../part-images/part-dataset';
import { openPartShard } from '../part-shards/open-part-shard';
import { withPartMaps } from '../part-shards/with-part-maps';
import { encodeNpy, syntheticPatchTensor } from './__fixtures__/synthetic-patch-tensor';
import { importPatchTensors } from './import-patch-tensors';
import { readPatchTensor } from './read-patch-tensor';

const shape = [196, 207] as const;
const plain = { type: '<f4', columnMajor: false } as const;

describe('readPatchTensor', () => {
  it.each([
    { type: '<f4', columnMajor: false },
    { type: '<f8', columnMajor: false },
    { type: '<f4', columnMajor: true },
    { type: '<f8', columnMajor: true },
  ] as const)('finds parts, order and pixels ($type, column-major: $columnMajor)', async (format) => {
    const { values, order, parts } = syntheticPatchTensor(1);
    const bytes = encodeNpy(values, shape, format);
    const glued = await readPatchTensor(bytes);
    expect(glued.grid).toMatchObject({ rows: 28, columns: 28 });
    expect([...glued.order]).toEqual(order);
    for (let patch = 0; patch < 784; patch++) {
      const row = order.indexOf(patch);
      expect(glued.parts[patch]).toBe(row < 0 ? 0 : parts[row]);
    }
    const full = await readPatchTensor(bytes, { pixelLayout: 'full' });
    expect([glued.height, glued.width, full.height, full.width]).toEqual([112, 112, 224, 224]);
    // the made-up pixels name their place: 3 * (224 * y + x) + channel, below 2^24 and so exact in float32
    let dropped = 0;
    for (const [place, value] of full.pixels.entries()) {
      const [y, x] = [Math.floor(place / 672), Math.floor((place % 672) / 3)];
      const kept = full.parts[28 * Math.floor(y / 8) + Math.floor(x / 8)]! > 0;
      if (value !== (kept ? place : 0)) throw new Error(`pixel ${y}, ${x} is ${value}`);
      if (!kept) dropped++;
    }
    expect(dropped).toBe((784 - 196) * 192);
    for (const row of [0, 13, 14, 195]) {
      const [y, x] = [8 * Math.floor(row / 14) + 3, 8 * (row % 14) + 5]; // pixel (3, 5) of the patch
      const [sourceY, sourceX] = [8 * Math.floor(order[row]! / 28) + 3, 8 * (order[row]! % 28) + 5];
      expect(glued.pixels[3 * (112 * y + x) + 2]).toBe(3 * (224 * sourceY + sourceX) + 2);
    }
  });

  it('checks every row', async () => {
    const refusal = (place: number, value: number) => {
      const { values } = syntheticPatchTensor(2);
      values[place] = value;
      return expect(readPatchTensor(encodeNpy(values, shape, plain), { name: 'a.npy' })).rejects;
    };
    const { values, parts } = syntheticPatchTensor(2);
    const row = 100 * 207;
    await refusal(row + 3, 99).toThrow('readPatchTensor: row 100 of a.npy must count');
    await refusal(row + 7 + (parts[100]! % 7), 1).toThrow('row 100 of a.npy must be one-hot in columns 7-13, got [');
    await refusal(row + 6 + parts[100]!, 0).toThrow('row 100 of a.npy must be one-hot');
    await refusal(row + 6 + parts[100]!, 0.5).toThrow('row 100 of a.npy must be one-hot');
    await refusal(row + 14, 784).toThrow('row 100 of a.npy must have an index of 0..783 in column 14, got 784');
    await refusal(row + 14, 1.5).toThrow('must have an index of 0..783 in column 14, got 1.5');
    await refusal(row + 14, values[14]!).toThrow(`a.npy must keep every patch once, got patch ${values[14]} again`);
    await expect(readPatchTensor(encodeNpy(values, [207, 196], plain), { name: 'a.npy' })).rejects.toThrow(
      'a.npy must be of shape [196, 207], got [207, 196]; only the [196, 207] files',
    );
  });

  it('refuses other files, and other numbers', async () => {
    const bytes = Buffer.from(encodeNpy(syntheticPatchTensor(2).values, shape, plain));
    const read = (content: Uint8Array) => expect(readPatchTensor(content, { name: 'a.npy' })).rejects;
    await read(Buffer.from('not from NumPy')).toThrow('a.npy: must be a file of tensors: ');
    bytes.write('<i4', bytes.indexOf('<f4'));
    await read(bytes).toThrow('readPatchTensor: a.npy must hold floating-point numbers, got I32; only the [196, 207]');
    const file = '{"array":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}';
    const safetensors = Buffer.from(`${String.fromCharCode(file.length)}${'\0'.repeat(7)}${file}`);
    await read(safetensors).toThrow('readPatchTensor: a.npy must be a .npy file, got one of safetensors; only the');
  });

  it('finds counts that agree with each other but not with the parts', async () => {
    const { values } = syntheticPatchTensor(3);
    for (let row = 0; row < 196; row++) {
      values[207 * row] = values[207 * row]! + 1;
      values[207 * row + 1] = values[207 * row + 1]! - 1;
    }
    await expect(readPatchTensor(encodeNpy(values, shape, plain))).rejects.toThrow('row 0 of the file must count');
  });
});

describe('importPatchTensors', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'patch-tensors-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('makes a shard of a folder, with the fingerprints of the images', async () => {
    await mkdir(join(root, 'pretrain'));
    for (const index of [0, 1, 2]) {
      const bytes = encodeNpy(syntheticPatchTensor(10 + index).values, shape, plain);
      await writeFile(join(root, 'pretrain', `${index}.npy`), bytes);
    }
    await writeFile(join(root, 'pretrain', '1.txt'), 'no array');
    const images = partDataset({ seed: 1, count: 2, height: 32, width: 32 });
    const path = join(root, 'parts.safetensors');
    const progress: string[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => progress.push(`${done}/${total}`);
    expect(await importPatchTensors({ root, path, images, settings: { cropPolicy: 'as published' }, onProgress })).toBe(
      3,
    );
    expect(progress).toEqual(['1/3', '2/3', '3/3']);
    const shard = await openPartShard(path, { grid: { rows: 28, columns: 28 } });
    expect(shard.ids).toEqual(['pretrain/0', 'pretrain/1', 'pretrain/2']);
    expect(shard.settings).toMatchObject({ partCount: 7, softmaxAxis: 'unknown', cropPolicy: 'as published' });
    expect(shard.fingerprintAt(1)).toBe(await images.fingerprint(1));
    expect(shard.fingerprintAt(2)).toBeUndefined();
    const { parts, order } = await readPatchTensor(encodeNpy(syntheticPatchTensor(11).values, shape, plain));
    const { labels, scores } = (await (await withPartMaps(images, shard)).get(1)).patchParts!;
    expect(labels).toEqual(parts);
    const ranked = [...scores!.keys()].filter((patch) => scores![patch]! > 0).sort((a, b) => scores![b]! - scores![a]!);
    expect(ranked).toEqual([...order]); // the order of the file survives half precision
    shard.close();
  });

  it('names the file that is not as it should be, and goes on when it is mended', async () => {
    const path = join(root, 'parts.safetensors');
    await expect(importPatchTensors({ root, path })).rejects.toThrow('must hold .npy files, got none');
    await expect(importPatchTensors({ root: join(root, 'no'), path })).rejects.toThrow('must be a folder');
    const bytes = encodeNpy(syntheticPatchTensor(1).values, shape, plain);
    await writeFile(join(root, 'a.npy'), bytes);
    await writeFile(join(root, 'b.npy'), bytes.subarray(0, 1000));
    await expect(importPatchTensors({ root, path })).rejects.toThrow(
      /^.*b\.npy: it must have 162288 bytes of values, got 872; it is truncated or damaged: copy or write it anew$/,
    );
    await writeFile(join(root, 'b.npy'), bytes);
    expect(await importPatchTensors({ root, path })).toBe(2);
    const shard = await openPartShard(path);
    expect(shard.ids).toEqual(['a', 'b']);
    shard.close();
  });
});
