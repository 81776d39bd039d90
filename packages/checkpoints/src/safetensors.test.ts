import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readSafetensors } from './read-safetensors';
import type { StoredTensor } from './stored-tensor';
import { tensorHash } from './tensor-hash';
import { writeSafetensors } from './write-safetensors';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-checkpoints-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const tensors = new Map<string, StoredTensor>([
  ['weights', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, 7) }],
  ['bytes', { shape: [5], values: Uint8Array.of(1, 2, 3, 4, 255) }],
  ['counts', { shape: [1, 1], values: Int32Array.of(-7) }],
]);

describe('safetensors', () => {
  it('gives back what was written', async () => {
    const path = join(folder, 'whole.safetensors');
    await writeSafetensors(path, { tensors, metadata: { format: 'test', note: 'ä' } });
    const read = await readSafetensors(path);
    expect(read.metadata).toEqual({ format: 'test', note: 'ä' });
    expect(new Map(read.tensors)).toEqual(tensors);
    expect(readdirSync(folder)).toEqual(['whole.safetensors']);
    const bytes = readFileSync(path); // the format, read by hand
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.toString('utf8', 8, 8 + length)).weights).toEqual({
      dtype: 'F32',
      shape: [2, 3],
      data_offsets: [0, 24],
    });
    expect(bytes.readFloatLE(8 + length + 8)).toBe(3.5);
  });

  it('refuses every truncation and other files in one line', async () => {
    const path = join(folder, 'whole.safetensors');
    await writeSafetensors(path, { tensors, metadata: {} });
    const bytes = readFileSync(path);
    const broken = join(folder, 'broken.safetensors');
    for (let kept = 0; kept < bytes.length; kept += 7) {
      writeFileSync(broken, bytes.subarray(0, kept));
      await expect(readSafetensors(broken)).rejects.toThrow(
        /^[^\n]*broken\.safetensors: the file must [^\n]*, got [^\n]*$/,
      );
    }
    writeFileSync(broken, Buffer.concat([bytes, Buffer.from('x')]));
    await expect(readSafetensors(broken)).rejects.toThrow(/must have \d+ bytes/);
    writeFileSync(broken, 'once upon a time there was a text');
    await expect(readSafetensors(broken)).rejects.toThrow('must be in safetensors format');
    await expect(readSafetensors(join(folder, 'none'))).rejects.toThrow(/must be readable, got ENOENT/);
  });

  it('refuses tensors that are no tensors, and leaves the old file', async () => {
    const path = join(folder, 'kept.safetensors');
    await writeSafetensors(path, { tensors, metadata: {} });
    const write = (shape: number[], ...values: number[]) =>
      writeSafetensors(path, { tensors: new Map([['x', { shape, values: Float32Array.from(values) }]]), metadata: {} });
    await expect(write([2], 1, Number.NaN)).rejects.toThrow('x must be finite to be saved, got NaN');
    await expect(write([3], 1, 2)).rejects.toThrow('x must hold 3 values, got 2');
    expect((await readSafetensors(path)).tensors.size).toBe(3);
    await expect(writeSafetensors('/proc/none/x', { tensors, metadata: {} })).rejects.toThrow('must be writable');
  });
});

describe('tensorHash', () => {
  it('depends on names, types, shapes and values, not on order', () => {
    const hash = tensorHash(tensors);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(tensorHash(new Map([...tensors].reverse()))).toBe(hash);
    const changed = (name: string, tensor: StoredTensor) => tensorHash(new Map([...tensors, [name, tensor]]));
    const variants = [
      changed('weights', { shape: [3, 2], values: tensors.get('weights')!.values }),
      changed('weights', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, 8) }),
      changed('more', { shape: [0], values: new Float32Array(0) }),
      changed('counts', { shape: [1, 1], values: Float32Array.of(-7) }),
    ];
    expect(new Set([hash, ...variants]).size).toBe(5);
  });
});
