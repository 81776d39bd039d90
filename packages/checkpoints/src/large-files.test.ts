// Files beyond 2 GiB, on disk and in memory: only where SEMMAE_LARGE_FILES is set, since they take 7 GB of each for half a minute.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTensorFile } from './open-tensor-file';
import { openSafetensors } from './safetensors/open-safetensors';
import { writeSafetensors } from './safetensors/write-safetensors';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-large-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(process.env.SEMMAE_LARGE_FILES === undefined)('beyond 2 GiB (set SEMMAE_LARGE_FILES to run)', () => {
  it('a tensor is written, verified and read whole', async () => {
    const path = join(folder, 'a.safetensors');
    const count = 600_000_011; // of 2.4 GB
    const values = new Float32Array(count);
    for (let index = 0; index < count; index++) values[index] = index % 16_777_213;
    const tensors = new Map([
      ['large', { dtype: 'F32' as const, shape: [count], values: () => values }],
      ['small', { dtype: 'F32' as const, shape: [2], values: () => Float32Array.of(3, 5) }],
    ]);
    await writeSafetensors(path, tensors, { checksum: true });
    (await openSafetensors(path, { verify: true })).close();
    const file = await openTensorFile(path);
    const read = (await file.read('large')) as Float32Array;
    expect([read.length, read.findIndex((value, index) => value !== values[index])]).toEqual([count, -1]);
    expect(await file.read('small')).toEqual(Float32Array.of(3, 5));
    file.close();
  }, 600_000);
});
