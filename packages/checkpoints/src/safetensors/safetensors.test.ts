import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openTensorFile } from '../open-tensor-file';
import type { TensorType, TensorValues } from '../tensors/tensor-types';
import { jsonEntry } from './json-entry';
import { openSafetensors } from './open-safetensors';
import { type TensorToWrite, writeSafetensors } from './write-safetensors';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-checkpoints-'));
  path = join(folder, 'a.safetensors');
});
afterAll(() => rmSync(folder, { recursive: true }));

const tensor = (dtype: TensorType, shape: number[], values: NodeJS.ArrayBufferView): TensorToWrite => ({
  ...{ dtype, shape },
  values: () => values,
});
const tensors = new Map([
  ['weights', tensor('F32', [2, 3], Float32Array.of(1, -0, 3.5, 0, 1e-45, 7))],
  ['bytes', tensor('U8', [5], Uint8Array.of(1, 2, 3, 4, 255))],
  ['0', tensor('I32', [], Int32Array.of(-7))],
  ['empty', tensor('F32', [0, 5], new Float32Array(0))],
  ['flags', tensor('BOOL', [3], Uint8Array.of(1, 0, 1))],
]);

async function contentOf(file: string, options = {}): Promise<Record<string, unknown>> {
  const { metadata, entries, read, close } = await openSafetensors(file, options);
  try {
    const values = new Map<string, [shape: readonly number[], values: TensorValues]>();
    for (const [name, { shape }] of entries) values.set(name, [shape, await read(name)]);
    return { metadata, values };
  } finally {
    close();
  }
}

/** A file of this header, given as JSON or as text, and of so many zeros behind it. */
function written(header: unknown, dataBytes = 0): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header), 'latin1');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return path;
}

describe('safetensors', () => {
  it.each([true, false])('gives back what was written, with a checksum: %s', async (checksum) => {
    const metadata = { format: 'test', note: 'ä "quoted"', 7: '0'.repeat(64) };
    const sha256 = await writeSafetensors(path, tensors, { metadata, checksum });
    const content = await contentOf(path, { format: 'test', verify: checksum });
    expect(content).toEqual({
      metadata: checksum ? { ...metadata, sha256 } : metadata,
      values: new Map([...tensors].map(([name, { shape, values }]) => [name, [shape, values()]])),
    });
    expect(readdirSync(folder)).toEqual(['a.safetensors']);
  });

  it('is recognized when the length of its header is made of blanks and control bytes', async () => {
    const file = await openTensorFile(written('{"__metadata__":{"format":"pt"}}'.padEnd(0x1008)));
    expect([file.container, file.metadata]).toEqual(['safetensors', { format: 'pt' }]);
    file.close();
  });

  it('has the layout of the format: u64 length, aligned JSON header, then values at their offsets', async () => {
    await writeSafetensors(path, tensors, { checksum: true });
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    expect(header.weights).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(header['0']).toEqual({ dtype: 'I32', shape: [], data_offsets: [29, 33] });
    expect([bytes.readFloatLE(8 + length + 8), bytes.readInt32LE(8 + length + 29)]).toEqual([3.5, -7]);
    expect(bytes.length).toBe(8 + length + 36);
  });

  it('reads every type, and ranges of it', async () => {
    const values: [TensorType, TensorValues, TensorValues][] = [
      ['F64', Float64Array.of(Math.PI, -1e300), Float64Array.of(Math.PI, -1e300)],
      ['F16', Uint16Array.of(0x3c00, 0xc001), Float32Array.of(1, -(2 + 2 ** -9))],
      ['BF16', Uint16Array.of(0x3f80, 0xc049), Float32Array.of(1, -3.140625)],
      ['I64', BigInt64Array.of(-(2n ** 63n), 5n), BigInt64Array.of(-(2n ** 63n), 5n)],
      ['U64', BigUint64Array.of(2n ** 64n - 1n, 5n), BigUint64Array.of(2n ** 64n - 1n, 5n)],
      ['I16', Int16Array.of(-32768, 5), Int16Array.of(-32768, 5)],
      ['I8', Int8Array.of(-128, 5), Int8Array.of(-128, 5)],
      ['U32', Uint32Array.of(2 ** 32 - 1, 5), Uint32Array.of(2 ** 32 - 1, 5)],
      ['U16', Uint16Array.of(65535, 5), Uint16Array.of(65535, 5)],
    ];
    await writeSafetensors(path, new Map(values.map(([dtype, stored]) => [dtype, tensor(dtype, [2], stored)])));
    const file = await openSafetensors(path);
    for (const [dtype, , expected] of values) {
      expect(await file.read(dtype)).toEqual(expected);
      expect(await file.readRange(dtype, 1, 2)).toEqual(expected.slice(1));
      expect(file.readRangeSync(dtype, 0, 1)).toEqual(expected.slice(0, 1));
    }
    await expect(file.readRange('F16', 1, 3)).rejects.toThrow('values of F16 must be asked for in 0..2, got 1..3');
    await expect(file.readRange('F64', 0.5, 1)).rejects.toThrow('in 0..2, got 0.5..1');
    await expect(file.read('none')).rejects.toThrow(
      'must have the tensor that is asked for, got none; it has F64, F16, BF16, I64, U64, … (9 tensors)',
    );
    file.close();
  });

  it('has one tensor in memory at a time, in pieces if it comes in pieces', async () => {
    let inMemory = 0;
    async function* pieces() {
      for (const piece of [[1, 2], [], [3]]) yield Uint8Array.from(piece);
      inMemory -= 1;
    }
    const counted = (): TensorToWrite => ({
      ...{ dtype: 'U8', shape: [3] },
      values() {
        expect(++inMemory).toBe(1);
        return pieces();
      },
    });
    await writeSafetensors(
      path,
      new Map([
        ['a', counted()],
        ['b', counted()],
      ]),
    );
    expect((await contentOf(path)).values).toEqual(
      new Map(['a', 'b'].map((name) => [name, [[3], Uint8Array.of(1, 2, 3)]])),
    );
  });

  it('reads a range of a file that is larger than memory would like', async () => {
    const gigabytes = 5;
    const extent = gigabytes * 2 ** 30;
    written({ a: { dtype: 'U8', shape: [extent], data_offsets: [0, extent] } });
    truncateSync(path, statSync(path).size + extent); // a hole, which takes no disk
    const file = await openSafetensors(path);
    const before = process.memoryUsage().arrayBuffers;
    expect(await file.readRange('a', extent - 3, extent)).toEqual(new Uint8Array(3));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    file.close();
  });

  it('keeps JSON in its metadata', () => {
    const metadata = { good: '{"a":[1]}', bad: '{' };
    expect(jsonEntry({ path, metadata }, 'good')).toEqual({ a: [1] });
    for (const key of ['bad', 'none'])
      expect(() => jsonEntry({ path, metadata }, key)).toThrow(`its ${key} must be JSON`);
  });

  it('writes no tensors that are no tensors, and leaves the old file', async () => {
    await writeSafetensors(path, tensors);
    const before = readFileSync(path);
    const write = (name: string, shape: number[], ...values: number[]) =>
      writeSafetensors(path, new Map([[name, tensor('F32', shape, Float32Array.from(values))]]));
    await expect(write('x', [2], 1, Number.NaN)).rejects.toThrow(
      /a\.safetensors: x must be finite to be saved, got NaN; nothing was replaced/,
    );
    await expect(write('x', [3], 1, 2)).rejects.toThrow('x must fill F32 [3], got 4 bytes too few');
    await expect(write('x', [1], 1, 2)).rejects.toThrow('x must fill F32 [1], got 4 bytes too many');
    await expect(write('__metadata__', [1], 1)).rejects.toThrow('names of their own, got __metadata__');
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['a.safetensors']);
  });
});

describe('a path that is no whole safetensors file', () => {
  const entry = (begin: number, end: number, more = {}) => ({
    ...{ dtype: 'U8', shape: [end - begin], data_offsets: [begin, end] },
    ...more,
  });
  it.each([
    ['', 'must be a file in safetensors format, got 8 bytes'],
    [[], /JSON that is no object$/],
    ['{"a":', /no JSON/],
    ['{"\xff":1}', /no JSON/],
    [' {}', 'JSON that is no object'],
    [{ a: null }, 'got null as a'],
    [{ a: [] }, 'got [] as a'],
    [{ __metadata__: null }, 'got null as __metadata__'],
    [{ __metadata__: { a: 1 } }, 'got 1 as its a, which is no text'],
    [{ a: entry(0, 4, { dtype: 'F8' }) }, 'a must have one of the types F64, F32'],
    [{ a: entry(0, 4, { dtype: 'toString' }) }, 'got toString'],
    [{ a: entry(0, 4, { shape: [5] }) }, 'got a, U8 of shape [5] at [0,4]'],
    [{ a: entry(0, 4, { shape: [-2, -2] }) }, 'shape [-2,-2]'],
    [{ a: entry(0, 4, { shape: [2 ** 53, 0.5] }) }, 'shape'],
    [{ a: entry(0, 4, { shape: '4' }) }, 'shape "4"'],
    [{ a: entry(0, 4, { data_offsets: [0, 4, 4] }) }, 'at [0,4,4]'],
    [{ a: entry(0, 4, { data_offsets: null }) }, 'at null'],
    [{ a: entry(0, 4), b: entry(2, 6) }, 'got b at byte 2 of the values, where 4 follows'],
    [{ a: entry(0, 3), b: entry(5, 6) }, 'got b at byte 5'],
    [{ a: entry(1, 4) }, 'got a at byte 1'],
    [
      `{"a":${JSON.stringify(entry(0, 4))},"\\u0061" :${JSON.stringify(entry(4, 6))}}`,
      'got a header of JSON with a twice',
    ],
    [`{"a":{"dtype":"U8","shape":[1],"shape":[6],"data_offsets":[0,6]}}`, 'got a header of JSON with shape twice'],
    [{ a: entry(0, 5) }, /must have \d+ bytes, got \d+; it is truncated or damaged/],
    [{ a: entry(0, 7) }, /must have \d+ bytes/],
  ])('%j is one line', async (header, message) => {
    await expect(openSafetensors(written(header, header === '' ? 0 : 6))).rejects.toThrow(message);
  });

  it('accepts what is unusual but whole: tensors that stand in another order, no metadata, strings with braces and quotes', async () => {
    const file = await openSafetensors(
      written({ '{"a": \\': entry(4, 6), b: entry(0, 4), c: entry(4, 4), __metadata__: { b: '"a":"b"}' } }, 6),
    );
    expect([...file.entries.keys()]).toEqual(['{"a": \\', 'b', 'c']);
    file.close();
  });

  it('is no JSON for a length of its header that has the byte of a brace, or of spaces alone', async () => {
    for (const length of [0x7b, 0x7b08, 0x0a08, 0x2018]) {
      const header = JSON.stringify({ a: entry(0, 6) }).padEnd(length);
      const file = await openTensorFile(written(header, 6));
      expect(file.container).toBe('safetensors');
      file.close();
    }
  });

  it('says what a path is', async () => {
    mkdirSync(join(folder, 'folder'));
    await expect(openSafetensors(join(folder, 'folder'))).rejects.toThrow(/must be a readable file, got a folder$/);
    await expect(openSafetensors(join(folder, 'none'))).rejects.toThrow(/none: must be a readable file, got ENOENT/);
    await writeSafetensors(path, tensors, { metadata: { format: 'shard' } });
    await expect(openSafetensors(path, { format: 'model' })).rejects.toThrow('of the kind model, got shard');
    await expect(openSafetensors(path, { verify: true })).rejects.toThrow('got no checksum');
    writeFileSync(path, 'a text, and no weights at all');
    await expect(openSafetensors(path)).rejects.toThrow('in safetensors format, got 29 bytes of something else');
    rmSync(join(folder, 'folder'), { recursive: true });
  });

  it('is a correct read or a SemmaeError of one line, whatever was done to it, and never a read where there is a checksum', async () => {
    await writeSafetensors(path, tensors, { metadata: { note: 'x' }, checksum: true });
    const whole = readFileSync(path);
    const headerEnd = 8 + Number(whole.readBigUInt64LE());
    const expected = await contentOf(path);
    const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('0123456789[]{},:"-eF')));
    const place = fc.oneof(fc.nat(whole.length - 1), fc.nat(headerEnd - 1));
    const damage = fc.record({ place, byte, kind: fc.constantFrom('change', 'insert', 'remove', 'cut') });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const bytes = [...whole];
        for (const { place: at, byte: value, kind } of damages) {
          if (kind === 'change') bytes[at] = value;
          else if (kind === 'cut') bytes.splice(at);
          else bytes.splice(at, kind === 'remove' ? 1 : 0, ...(kind === 'insert' ? [value] : []));
        }
        writeFileSync(path, Uint8Array.from(bytes));
        const same = whole.equals(readFileSync(path));
        for (const verify of [true, false]) {
          const result = await contentOf(path, { verify }).catch((error: Error) => error);
          if (SemmaeError.isInstance(result))
            expect([result.message, same]).toEqual([expect.stringMatching(/^[^\n]+$/), false]);
          else if (verify) expect([result, same]).toEqual([expected, true]);
          else expect(result).toHaveProperty('values');
        }
      }),
      { numRuns: 600 },
    );
  });
});

it('is a file of tensors like any other, from its path, its folder or its bytes', async () => {
  const model = join(folder, 'model.safetensors');
  await writeSafetensors(model, new Map([['a.b', tensor('U8', [3], Uint8Array.of(1, 2, 3))]]));
  const content = new Uint8Array(readFileSync(model));
  const source = {
    ...{ name: 'bytes', size: content.length, close: () => undefined },
    bytes: async (start: number, length: number) => content.slice(start, start + length).buffer,
  };
  for (const from of [model, folder, source]) {
    const file = await openTensorFile(from);
    expect([...file.entries]).toMatchObject([['a.b', { dtype: 'U8', shape: [3] }]]);
    expect([file.container, file.extras, await file.read('a.b')]).toEqual(['safetensors', {}, Uint8Array.of(1, 2, 3)]);
    file.close();
  }
  rmSync(model);
  await expect(openTensorFile(folder)).rejects.toThrow(
    /must have one of model\.safetensors, .*, got a folder with none of them; name the file itself/,
  );
});
