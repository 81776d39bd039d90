// What PyTorch's old stream may have and no version at hand writes: storages of a GPU, views of storages, big-endian hosts.

import { describe, expect, it } from 'vitest';

import { dictionary, integer, list, pickleOf, text, tuple } from '../__fixtures__/pickle-of';
import { readTensorFile } from '../read-tensor-file';
import { bufferSource } from '../sources/blob-source';

const magic = pickleOf('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19');

interface Storage {
  key: string;
  values: number[];
}

const storages: Storage[] = [
  { key: '11', values: [0, 1, 2, 3, 4, 5] },
  { key: '7', values: [6, 7] },
];

function legacyOf(
  checkpoint: string,
  { keys = ['11', '7'], little = true, version = 1001, more = 0 } = {},
): Parameters<typeof bufferSource>[0] {
  const content = storages.map(({ values }) => {
    const bytes = Buffer.alloc(8 + 4 * values.length);
    bytes.writeBigInt64LE(BigInt(values.length));
    for (const [index, value] of values.entries()) {
      if (little) bytes.writeFloatLE(value, 8 + 4 * index);
      else bytes.writeFloatBE(value, 8 + 4 * index);
    }
    return bytes;
  });
  return Buffer.concat([
    ...[magic, pickleOf(integer(version)), pickleOf(dictionary({ little_endian: little ? '\x88' : '\x89' }))],
    ...[pickleOf(checkpoint), pickleOf(list(...keys.map(text))), ...content, Buffer.alloc(more)],
  ]);
}

function tensor(
  key: string,
  size: number,
  shape: number[],
  { view = 'N', type = 'torch.cuda\nFloatStorage' } = {},
): string {
  const reference = tuple(text('storage'), `c${type}\n`, text(key), text('cuda:0'), integer(size), view);
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
  return `ctorch._utils\n_rebuild_tensor\n(${reference}Q${integer(1)}${tuple(...shape.map(integer))}${tuple(...steps.map(integer))}tR`;
}

const both = dictionary({ a: tensor('11', 6, [5]), b: tensor('7', 2, [1]) });
const open = (...parameters: Parameters<typeof legacyOf>) =>
  readTensorFile(bufferSource(legacyOf(...parameters), 'a file'));

describe('readLegacyCheckpoint', () => {
  it.each([true, false])('reads storages of a GPU, little-endian: %s', async (little) => {
    const file = await open(both, { little });
    expect(await file.read('a')).toEqual(Float32Array.of(1, 2, 3, 4, 5));
    expect(await file.read('b')).toEqual(Float32Array.of(7));
  });

  it('reads a view of a storage, which begins at its offset', async () => {
    const view = tuple(text('12'), integer(2), integer(4));
    const file = await open(dictionary({ a: tensor('11', 6, [3], { view }), b: tensor('7', 2, [1]) }));
    expect(await file.read('a')).toEqual(Float32Array.of(3, 4, 5));
  });

  it.each<[string, Parameters<typeof legacyOf>, RegExp]>([
    [
      'a storage that is not listed',
      [both, { keys: ['11'] }],
      /must have every storage that its tensors are in, once, got 1 of 2/,
    ],
    ['one that is listed twice', [both, { keys: ['11', '11'] }], /got other keys than those/],
    ['one that no tensor is in', [tensor('7', 2, [1])], /got other keys than those/],
    ['one of two sizes', [tuple(both, tensor('7', 1, [0]))], /got two sizes for 7/],
    ['more bytes than storages', [both, { more: 1 }], /must have \d+ bytes, got \d+; it is truncated or damaged/],
    [
      'a view beyond its storage',
      [tensor('11', 6, [1], { view: tuple(text('12'), integer(3), integer(4)) })],
      /storages with a key and a size/,
    ],
    [
      'a tensor beyond its storage',
      [dictionary({ a: tensor('11', 6, [6]), b: tensor('7', 2, [1]) })],
      /a must lie within its stored values/,
    ],
    ['another version', [both, { version: 1002 }], /must be a checkpoint of PyTorch in its old format, got another/],
    [
      'a storage of a foreign class',
      [tensor('11', 6, [1], { type: 'posix\nsystem' })],
      /must have tensors in a storage of PyTorch, got posix\.system/,
    ],
  ])('refuses %s', async (_, parameters, message) => {
    await expect(open(...parameters)).rejects.toThrow(message);
  });
});
