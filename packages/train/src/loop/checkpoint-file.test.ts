import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openCheckpoint, writeCheckpoint } from './checkpoint-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-checkpoint-'));
  path = join(folder, 'a.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tensors = () =>
  new Map<string, tf.Tensor>([
    ['weight', tf.tensor2d([1.5, -0, 1e-42, 3.4e38, 0.1, 2], [2, 3])],
    ['flags', tf.tensor1d([1, 0, 1], 'bool')],
    ['count', tf.scalar(-7, 'int32')],
    ['empty', tf.zeros([0, 5])],
  ]);

describe('checkpoint file', () => {
  it('brings back every bit, shape, dtype and word', async () => {
    const written = tensors();
    await writeCheckpoint(path, written, { note: 'ümlaut "quoted"', zeros: '0'.repeat(64) });
    const reader = await openCheckpoint(path);
    expect(reader.metadata).toMatchObject({ note: 'ümlaut "quoted"', zeros: '0'.repeat(64) });
    expect([...reader.entries.keys()]).toEqual([...written.keys()]);
    for (const [name, tensor] of written) {
      expect(reader.entries.get(name)).toEqual({ dtype: tensor.dtype, shape: tensor.shape });
      expect(await reader.read(name)).toEqual(tensor.dataSync()); // toEqual tells -0 from 0
    }
    await reader.close();
    expect(readdirSync(folder)).toEqual(['a.safetensors']);
    tf.dispose([...written.values()]);
  });

  it('follows the safetensors layout: u64 length, aligned JSON header, then values at their offsets', async () => {
    const written = tensors();
    await writeCheckpoint(path, written, {});
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    expect(header.weight).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(header.flags).toEqual({ dtype: 'BOOL', shape: [3], data_offsets: [24, 27] });
    expect(header.count).toEqual({ dtype: 'I32', shape: [], data_offsets: [27, 31] });
    expect(bytes.readFloatLE(8 + length)).toBe(1.5);
    expect(bytes.readInt32LE(8 + length + 27)).toBe(-7);
    expect(bytes.length).toBe(8 + length + 31);
    expect(Object.values(header.__metadata__).every((value) => typeof value === 'string')).toBe(true);
    tf.dispose([...written.values()]);
  });

  it('refuses to save what is not finite and leaves the file as it was', async () => {
    const good = new Map([['weight', tf.tensor1d([1, 2])]]);
    await writeCheckpoint(path, good, {});
    const before = readFileSync(path);
    const bad = new Map([['weight', tf.tensor1d([1, Number.POSITIVE_INFINITY])]]);
    await expect(writeCheckpoint(path, bad, {})).rejects.toThrow(
      'weight must be finite to be saved, got Infinity; the checkpoint before it is kept',
    );
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['a.safetensors']);
    tf.dispose([...good.values(), ...bad.values()]);
  });
});
