// Files that mean harm: each is read for what it says, or refused in one line, in little time and memory.

import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dictionary, list, pickleOf, type TensorToPickle, tensor, text } from './__fixtures__/pickle-of';
import { directoryOf, type ZipOptions, zipOf } from './__fixtures__/zip-of';
import { openTensorFile } from './open-tensor-file';
import { bufferSource } from './sources/blob-source';

const fixtures = fileURLToPath(new URL('../fixtures/containers/', import.meta.url));
const sixFloats = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semmae-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const open = (bytes: Uint8Array) => openTensorFile(bufferSource(bytes, 'a file'));
const checkpoint = (pickle: Uint8Array, more: Parameters<typeof zipOf>[0] = [], options?: ZipOptions) =>
  zipOf([{ name: 'a/data.pkl', content: pickle }, { name: 'a/data/0', content: sixFloats }, ...more], options);
const openPickle = (...parts: string[]) => open(checkpoint(pickleOf(...parts)));

describe('a pickle that calls functions', () => {
  it.each(['hostile.pth', 'hostile-legacy.pth'])('is read as their names: %s', async (name) => {
    const file = await openTensorFile(`${fixtures}${name}`);
    expect(file.extras).toEqual({
      system: { class: 'posix.system', args: ['touch was-here'] },
      eval: { class: expect.stringMatching(/^(builtins|__builtin__)\.eval$/), args: ["open('was-here', 'w')"] },
      getattr: {
        class: expect.stringMatching(/^(builtins|__builtin__)\.getattr$/),
        args: [{ class: expect.stringMatching(/\.__import__$/), args: ['os'] }, 'system'],
      },
    });
    expect(await file.read('weight')).toEqual(BigInt64Array.of(0n, 1n, 2n));
    file.close();
    expect(existsSync('was-here')).toBe(false);
  });

  it('touches no prototype', async () => {
    const { extras } = await openPickle(
      dictionary({
        __proto__: '}',
        a: `cx\nY\n)\x81${dictionary({ ['__proto__']: dictionary({ polluted: '\x88' }) })}b`,
      }),
      `${text('__proto__')}${dictionary({ polluted: '\x88' })}s`,
    );
    expect(Object.getPrototypeOf(extras)).toBe(Object.prototype);
    expect(Object.keys(extras)).toEqual(['a', '__proto__']);
    expect({}).not.toHaveProperty('polluted');
    expect(extras.a).toEqual(JSON.parse('{"class":"x.Y","__proto__":{"polluted":true}}'));
  });
});

describe('a pickle that grows', () => {
  const doubled = (times: number, seed: string) => `${seed}q\0${`0](h\0h\0eq\0`.repeat(times)}`;
  it.each([
    ['values that are shared twice, a hundred times over', doubled(90, ']')],
    ['tensors that are', doubled(90, tensor({ shape: [6] }))],
    ['lists in lists that are', doubled(60, list(...Array.from({ length: 1000 }, () => 'N')))],
  ])('is refused: %s', async (_, pickle) => {
    const before = performance.now();
    await expect(openPickle(pickle)).rejects.toThrow(
      /^a file: must have names and values of at most 33554432 bytes, got more$/,
    );
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it('is refused where it nests without end', async () => {
    const deep = 20_000;
    await expect(openPickle(']'.repeat(deep), 'a'.repeat(deep - 1))).rejects.toThrow(
      'must nest at most 100 deep, got more',
    );
    const bytes = '\x85'.repeat(deep); // tuples of tuples
    await expect(openPickle('N', bytes)).rejects.toThrow('must nest at most 100 deep');
    const first = 'ctorch._utils\n_rebuild_parameter\n'.repeat(10) + tensor({ shape: [6] }) + '\x85R'.repeat(10);
    await expect(openPickle(first)).rejects.toThrow('got a tensor of a tensor of a tensor');
    await expect(openPickle('c__builtin__\nbytes\n'.repeat(deep), text(''), '\x85R'.repeat(deep))).rejects.toThrow(
      /nest at most/,
    );
  });

  it('is read where it contains itself', async () => {
    const { extras } = await openPickle(']q\0h\0a');
    expect(extras).toEqual({ value: [{ repeats: 'what it is in' }] });
    const self = await openPickle('cx\nY\n)\x81q\0', dictionary({ parent: 'h\0', lr: 'K\x05' }), 'b');
    expect(self.extras).toEqual({ class: 'x.Y', parent: { repeats: 'x.Y' }, lr: 5 });
  });

  it.each([
    ['2 million instructions', 'N0'.repeat(2 ** 20), /must have at most 2097152 instructions in its pickle, got more/],
    ['bytes that are not there', 'B\xff\xff\xff\xff', /must hold a whole pickle, got one that is cut/],
    ['text of 2^63 bytes', '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f', /must hold a whole pickle/],
    ['an integer of 4 GB', '\x8b\xff\xff\xff\xff', /got an integer of 4294967295 bytes/],
    ['an integer of a million digits', `L${'9'.repeat(1e6)}L\n`, /got a line of more than 1000 bytes/],
    ['a class without a name', 'NN\x93', /got a class without a name/],
    ['values for a number', 'K\x01NNs', /got values for a dictionary that is none/],
    ['a call of a number', 'K\x01K\x02R', /got a call without parameters/],
    ['fields of a list', ']Nb', /got fields for an object that is none/],
    ['a value that is not there', 'h\x05', /got a reference to value 5, which is not there/],
    ['nothing', '', /got fewer values than it uses/],
    ['a mark that is not there', 't', /got fewer marks than it uses/],
    ['an extension', '\x82\x01', /got instruction 0x82 at byte 2/],
    ['another protocol', '\x80\x06', /got protocol 6/],
    ['a long name', dictionary({ ['a'.repeat(1001)]: '}' }), /must have names of at most 1000 characters/],
    [
      'one name for two tensors',
      dictionary({ 'a.b': tensor({ shape: [6] }), a: dictionary({ b: tensor({ shape: [6] }) }) }),
      /got a\.b twice/,
    ],
  ])('is refused: %s', async (_, pickle, message) => {
    await expect(openPickle(pickle)).rejects.toThrow(message);
  });
});

describe('a tensor outside of its storage', () => {
  it.each<[string, TensorToPickle, RegExp]>([
    [
      'one too many',
      { shape: [7] },
      /^a file: tensor must lie within its stored values, got F32 of shape \[7\], strides \[1\] and offset 0 in 24/,
    ],
    ['too far in', { shape: [2], offset: 5 }, /must lie within/],
    ['strides', { shape: [2, 2], strides: [5, 1] }, /must lie within/],
    ['2^53 values', { shape: [2 ** 53], strides: [0] }, /must be a tensor as PyTorch writes them/],
    [
      '2^52 values of one',
      { shape: [2 ** 52], strides: [0] },
      /must be at most 1032 times its file, got shape \[4503599627370496\]/,
    ],
    ['2^104 values', { shape: [2 ** 52, 2 ** 52], strides: [0, 0] }, /must lie within/],
    ['a stride that overflows', { shape: [2, 2], strides: [2 ** 52, 2 ** 52] }, /must lie within/],
    ['a negative offset', { shape: [1], offset: -1 }, /other parameters of torch\._utils\._rebuild_tensor_v2/],
    ['a negative stride', { shape: [2], strides: [-1], offset: 1 }, /other parameters/],
    ['fewer strides than axes', { shape: [2, 3], strides: [1] }, /must lie within/],
    ['65 axes', { shape: Array(65).fill(1) }, /other parameters/],
    [
      'a storage that is too short',
      { shape: [1], size: 7 },
      /must have the 28 bytes of its storage 0, a torch\.FloatStorage, got 24/,
    ],
    ['a storage that is not there', { shape: [1], key: '1' }, /storage 1, a torch\.FloatStorage, got no such record/],
    ['a storage elsewhere', { shape: [1], key: '../../data/0' }, /got no such record/],
    [
      'a storage of another kind',
      { shape: [1], storage: 'FooStorage' },
      /in a storage of PyTorch, got torch\.FooStorage/,
    ],
  ])('is refused: %s', async (_, view, message) => {
    await expect(openPickle(tensor(view))).rejects.toThrow(message);
  });

  it('is read where it overlaps itself or repeats', async () => {
    const file = await openPickle(
      dictionary({
        a: tensor({ shape: [3, 2], strides: [1, 2] }),
        b: tensor({ shape: [2, 2], strides: [0, 0], offset: 5 }),
      }),
    );
    expect(await file.read('a')).toEqual(Float32Array.of(0, 2, 1, 3, 2, 4));
    expect(await file.read('b')).toEqual(Float32Array.of(5, 5, 5, 5));
  });
});

describe('a zip archive that lies', () => {
  const pickle = pickleOf(tensor({ shape: [6] }));
  const refused = (bytes: Uint8Array, message: RegExp) => expect(open(bytes)).rejects.toThrow(message);

  it('is refused where records overlap, or reach beyond the end', async () => {
    const overlapping = [{ name: 'a/data/1', offset: 0, size: 10, packedSize: 10 }];
    await refused(
      checkpoint(pickle, overlapping),
      /must be a whole zip archive, got record a\/data(\.pkl|\/1) reaching into what follows it; it is truncated/,
    );
    await refused(
      checkpoint(pickle, [{ name: 'a/b', packedSize: 9, size: 9 }]),
      /got record a\/b reaching into what follows it/,
    );
    await refused(checkpoint(pickle, [{ name: 'a/b', offset: 2 ** 31 }]), /record a\/b reaching/);
    await refused(checkpoint(pickle, [{ name: 'a/data/0' }]), /two records a\/data\/0/);
    await refused(checkpoint(pickle, [{ name: 'a/b', size: 5 }]), /record a\/b of two lengths/);
  });

  it('is refused where a record would become too large', async () => {
    const packed = deflateRawSync(Buffer.alloc(2 ** 24));
    const bomb = { name: 'a/data/1', content: packed, method: 8 };
    await refused(
      checkpoint(pickle, [{ ...bomb, size: 2 ** 31 }]),
      /record a\/data\/1 of 2147483648 bytes out of 16\d+/,
    );
    await refused(
      checkpoint(pickle, [{ ...bomb, name: 'b/data.pkl' }]),
      /PyTorch or NumPy, got one that holds a\/data\.pkl/,
    );
    await refused(
      zipOf([{ name: 'a/data.pkl', content: Buffer.alloc(300_000), method: 8, size: 2 ** 28 + 1 }]),
      /must have a pickle of at most 268435456 bytes, got 268435457 in a\/data\.pkl/,
    );
    // more than it says, and less
    const longer = pickleOf(tensor({ shape: [2 ** 22], size: 2 ** 22, key: '1' }));
    for (const [size, claimed] of [
      [2 ** 24 + 4, 2 ** 24],
      [2 ** 24 - 4, 2 ** 24],
    ] as const) {
      const record = { name: 'a/data/1', content: deflateRawSync(Buffer.alloc(size)), method: 8, size: claimed };
      const file = await open(checkpoint(longer, [record]));
      await expect(file.read('tensor')).rejects.toThrow(/record a\/data\/1 of another length than 16777216 bytes/);
    }
    const broken = {
      name: 'a/data/1',
      content: deflateRawSync(Buffer.alloc(2 ** 24)).fill(0xff, 100),
      method: 8,
      size: 2 ** 24,
    };
    await expect((await open(checkpoint(longer, [broken]))).read('tensor')).rejects.toThrow(
      /record a\/data\/1, which does not inflate/,
    );
  });

  it('is refused where it is of another kind', async () => {
    await refused(checkpoint(pickle, [{ name: 'a/b', flags: 1 }]), /stored or deflated, got a\/b, which is encrypted/);
    await refused(checkpoint(pickle, [{ name: 'a/b', method: 12 }]), /stored or deflated, got method 12 for a\/b/);
    await refused(checkpoint(pickle, [], { disk: 1 }), /got one of several parts/);
    await refused(checkpoint(pickle, [{ name: 'n'.repeat(1001) }]), /got a name of 1001 bytes/);
    await refused(
      checkpoint(pickle, [{ name: 'a/byteorder', content: Buffer.from('middle') }]),
      /must have little or big as its order of bytes, got middle/,
    );
    await refused(zipOf([]), /got an empty one/);
    await refused(Buffer.concat([checkpoint(pickle), Buffer.alloc(100)]), /got no directory at its end/);
  });

  it('is read with a comment, with what looks like its end in it, and with fields of 64 bits', async () => {
    for (const options of [{ comment: 'PK\x05\x06 a comment of some length' }, { wide: true }]) {
      expect(await (await open(checkpoint(pickle, [], options))).read('tensor')).toHaveLength(6);
    }
  });

  it('is read beyond 4 GiB', async () => {
    const path = join(folder, 'large.pth');
    const size = 5 * 2 ** 30;
    const values = size / 4;
    const content = pickleOf(
      dictionary({
        last: tensor({ shape: [2, 3], strides: [3, 1], offset: values - 6, size: values, key: '1' }),
        sparse: tensor({ shape: [3], strides: [((values - 1) / 3) | 0], offset: 1, size: values, key: '1' }),
      }),
    );
    const start = zipOf([{ name: 'a/data.pkl', content }, { name: 'a/data/1' }]);
    const directory = Buffer.from(start).indexOf('PK\x01\x02');
    const descriptor = openSync(path, 'w');
    writeSync(descriptor, start, 0, directory);
    writeSync(descriptor, sixFloats, 0, 24, directory + size - 24);
    ftruncateSync(descriptor, directory + size); // the rest is a hole, which takes no disk
    const record = { method: 0, flags: 0 };
    writeSync(
      descriptor,
      directoryOf(
        [
          { ...record, name: 'a/data.pkl', packedSize: content.length, size: content.length, offset: 0 },
          { ...record, name: 'a/data/1', packedSize: size, size, offset: 30 + 10 + content.length },
        ],
        directory + size,
        { wide: true },
      ),
      0,
      null,
      directory + size,
    );
    closeSync(descriptor);
    const file = await openTensorFile(path);
    expect(await file.read('last')).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
    const before = process.memoryUsage().arrayBuffers;
    expect(await file.read('sparse')).toEqual(new Float32Array(3));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
    file.close();
    rmSync(path);
  });
});
