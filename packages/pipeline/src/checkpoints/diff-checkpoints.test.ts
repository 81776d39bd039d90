import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type TensorToWrite, writeSafetensors } from '@semmae/checkpoints';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Interrupted } from '../runs/interrupted';
import { diffCheckpoints } from './diff-checkpoints';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'semmae-diff-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const tensor = (dtype: TensorToWrite['dtype'], shape: number[], values: NodeJS.ArrayBufferView): TensorToWrite => ({
  ...{ dtype, shape },
  values: () => values,
});
async function write(name: string, tensors: Record<string, TensorToWrite>): Promise<string> {
  const path = join(scratch, `${name}.safetensors`);
  await writeSafetensors(path, new Map(Object.entries(tensors)));
  return path;
}
const bits = (...values: number[]) => Uint16Array.from(values);

describe('diffCheckpoints', () => {
  it('says what is different, and by how much', async () => {
    const before = await write('a', {
      same: tensor('F32', [2], Float32Array.of(1, -0)),
      other: tensor('F32', [2, 3], Float32Array.of(1, 2, -8, 4, 5, 6)),
      widened: tensor('F16', [2], bits(0x3c00, 0xc000)),
      zero: tensor('F32', [1], Float32Array.of(0)),
      large: tensor('I64', [2], BigInt64Array.of(2n ** 60n, 3n)),
      turned: tensor('F32', [2, 3], new Float32Array(6)),
      gone: tensor('U8', [1], Uint8Array.of(1)),
    });
    const after = await write('b', {
      added: tensor('U8', [1], Uint8Array.of(1)),
      turned: tensor('F32', [3, 2], new Float32Array(6)),
      large: tensor('I64', [2], BigInt64Array.of(2n ** 60n + 1n, 3n)),
      zero: tensor('F32', [1], Float32Array.of(0.5)),
      widened: tensor('F32', [2], Float32Array.of(1, -2)),
      other: tensor('F32', [2, 3], Float32Array.of(1, 2, -8, 2, 5, 6)),
      same: tensor('F32', [2], Float32Array.of(1, 0)),
    });
    const difference = await diffCheckpoints({ before, after });
    expect(difference).toEqual({
      equal: false,
      tensors: [
        { name: 'same', shape: [2], dtypes: ['F32', 'F32'], absolute: 0, relative: 0 },
        { name: 'other', shape: [2, 3], dtypes: ['F32', 'F32'], absolute: 2, relative: 0.25 },
        { name: 'widened', shape: [2], dtypes: ['F16', 'F32'], absolute: 0, relative: 0 },
        { name: 'zero', shape: [1], dtypes: ['F32', 'F32'], absolute: 0.5, relative: Number.POSITIVE_INFINITY },
        { name: 'large', shape: [2], dtypes: ['I64', 'I64'], absolute: 1, relative: 2 ** -60 },
      ],
      otherShape: [
        {
          name: 'turned',
          shapes: [
            [2, 3],
            [3, 2],
          ],
        },
      ],
      onlyBefore: ['gone'],
      onlyAfter: ['added'],
    });
    const turned = await diffCheckpoints({ before: after, after: before });
    expect([turned.onlyBefore, turned.onlyAfter]).toEqual([['added'], ['gone']]);
  });

  it('counts values as equal that are as near as asked for, and what is no number as itself alone', async () => {
    // float16 can hold what writeSafetensors refuses in float32
    const [infinite, negative, none] = [0x7c00, 0xfc00, 0x7e00];
    const before = await write('a', { x: tensor('F16', [4], bits(0x3c00, infinite, negative, none)) });
    const near = await write('b', { x: tensor('F16', [4], bits(0x3c01, infinite, negative, none)) }); // 1 + 2^-10
    for (const [tolerance, equal] of [
      [0, false],
      [2 ** -10, true],
      [2 ** -11, false],
    ] as const) {
      expect((await diffCheckpoints({ before, after: near, tolerance })).equal).toBe(equal);
    }
    for (const values of [bits(0x3c00, negative, negative, none), bits(0x3c00, infinite, negative, 0)]) {
      const after = await write('b', { x: tensor('F16', [4], values) });
      const { equal, tensors } = await diffCheckpoints({ before, after, tolerance: 1e9 });
      expect([equal, tensors[0]!.absolute]).toEqual([false, Number.POSITIVE_INFINITY]);
    }
  });

  it('takes folders, stops when asked to, and names the file that is none', async () => {
    const before = await write('model', { x: tensor('F32', [1], Float32Array.of(1)) });
    expect((await diffCheckpoints({ before, after: scratch })).equal).toBe(true);
    const stopped = diffCheckpoints({ before, after: before, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(Interrupted);
    await expect(diffCheckpoints({ before, after: join(scratch, 'none') })).rejects.toThrow(
      /none: must be a readable file, got ENOENT/,
    );
    truncateSync(before, 50);
    await expect(diffCheckpoints({ before, after: before })).rejects.toThrow(/^\S+model.safetensors: must [^\n]+$/);
  });
});
