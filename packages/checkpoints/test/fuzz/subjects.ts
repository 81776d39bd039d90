// Sound files of each container, and how they are damaged: anywhere, or behind lengths and directories that are then made to fit.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { type Rng, SemmaeError } from '@semmae/core';
import type { FuzzSubject, FuzzSubjects } from '../../../../scripts/fuzz/fuzz';
import { mutate } from '../../../../scripts/fuzz/mutate';
import { zipOf } from '../../src/__fixtures__/zip-of';
import { readTensorFile } from '../../src/read-tensor-file';
import { bufferSource } from '../../src/sources/blob-source';
import type { ByteSource } from '../../src/sources/byte-source';
import { byteLengthOf, tensorTypes } from '../../src/tensors/tensor-types';
import { readZip } from '../../src/zip/read-zip';

const folder = fileURLToPath(new URL('../../fixtures/containers/', import.meta.url));
const read = (name: string) => new Uint8Array(readFileSync(`${folder}${name}`));

const containers = ['safetensors', 'shards', 'zip', 'legacy', 'npz', 'npy'] as const;
type Container = (typeof containers)[number];

const samples: Record<Container, readonly string[]> = {
  safetensors: ['types.safetensors', 'sharded/model-00001-of-00002.safetensors', 'eight-bits.safetensors'],
  shards: ['sharded/model.safetensors.index.json', 'sharded-bin/pytorch_model.bin.index.json'],
  zip: [
    'zip-4.pth',
    'tensor.pth',
    'list.pth',
    'module.pth',
    'optimizer.pth',
    'big-endian.pth',
    'hostile.pth',
    'script.pt',
  ],
  legacy: ['legacy.pth', 'legacy-5.pth', 'module-legacy.pth', 'hostile-legacy.pth'],
  npz: ['small.npz', 'objects.npz'],
  npy: ['version-1.npy', 'version-2.npy', 'version-3.npy', 'objects.npy', 'records.npy', 'complex.npy'],
};

type Draw = (rng: Rng) => ByteSource;

export const subjects: FuzzSubjects = Object.fromEntries(
  containers.map((container) => [container, () => subjectOf(container)]),
);

async function subjectOf(container: Container): Promise<FuzzSubject> {
  const draw = await damagedFiles(container);
  return (rng) => {
    const source = draw(rng);
    return () => readAll(source);
  };
}

async function readAll(source: ByteSource): Promise<void> {
  const file = await readTensorFile(source);
  try {
    JSON.stringify(file.extras);
    for (const [name, { dtype, shape }] of file.entries) {
      const values = await file.read(name);
      const sound =
        Object.hasOwn(tensorTypes, dtype) && values.length * tensorTypes[dtype].bytes === byteLengthOf(dtype, shape);
      if (!sound) throw new Error(`${name} of ${dtype} [${shape}] has ${values.length} values`);
    }
  } finally {
    file.close();
  }
}

/** Draws damaged files of a container. */
async function damagedFiles(container: Container): Promise<Draw> {
  const files = samples[container].map(read);
  const records = container === 'zip' || container === 'npz' ? await Promise.all(files.map(unzipped)) : [];
  const shards = new Map(
    ['sharded/model-0000N-of-00002.safetensors', 'sharded-bin/pytorch_model-0000N-of-00002.bin']
      .flatMap((name) => ['1', '2'].map((number) => name.replace('N', number)))
      .map((name) => [name.split('/')[1]!, read(name)]),
  );
  return (rng) => {
    const index = rng.integer(files.length);
    const [file, other] = [files[index]!, files[rng.integer(files.length)]!];
    const inside = rng.uniform() < 0.6;
    if (container === 'shards') return damagedShards(rng, file, other, shards);
    if (!inside) return bufferSource(mutate(file, rng, other), 'a file');
    if (container === 'safetensors') return bufferSource(withHeader(rng, file, other), 'a file');
    if (container === 'legacy')
      return bufferSource(mutate(file, rng, other, 15, Math.ceil(file.length * 0.6)), 'a file');
    if (container === 'npy') return bufferSource(mutate(file, rng, other, 6, 128), 'a file');
    const unpacked = records[index]!;
    const target =
      rng.uniform() < 0.8
        ? Math.max(
            0,
            unpacked.findIndex(({ name }) => name.endsWith('.pkl')),
          )
        : rng.integer(unpacked.length);
    const place = container === 'npz' ? rng.integer(unpacked.length) : target;
    const changed = unpacked.map((record, at) =>
      at === place
        ? { ...record, content: mutate(record.content, rng, unpacked[rng.integer(unpacked.length)]!.content) }
        : record,
    );
    return bufferSource(zipOf(changed, { wide: rng.uniform() < 0.1 }), 'a file');
  };
}

async function unzipped(file: Uint8Array): Promise<{ name: string; content: Uint8Array }[]> {
  const records = await readZip(bufferSource(file));
  return Promise.all(
    [...records].map(async ([name, record]) => ({ name, content: new Uint8Array(await record.bytes(0, record.size)) })),
  );
}

/** The header is damaged, and its length fits. */
function withHeader(rng: Rng, file: Uint8Array, other: Uint8Array): Uint8Array {
  const length = Number(Buffer.from(file).readBigUInt64LE());
  const header = mutate(file.subarray(8, 8 + length), rng, other.subarray(8));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([prefix, header, file.subarray(8 + length)]);
}

/** An index, or one of its shards. */
function damagedShards(
  rng: Rng,
  file: Uint8Array,
  other: Uint8Array,
  shards: ReadonlyMap<string, Uint8Array>,
): ByteSource {
  const ofIndex = rng.uniform() < 0.7;
  const index = ofIndex ? mutate(file, rng, other) : file;
  const damaged = rng.integer(2);
  return {
    ...bufferSource(index, 'an index'),
    async beside(name) {
      if (/[/\\]|^\.*$/.test(name)) throw new Error(`the reader asks for ${JSON.stringify(name)}`); // no SemmaeError: a finding
      if (name.endsWith('.index.json')) return this;
      const shard = shards.get(name);
      if (shard === undefined)
        throw new SemmaeError({ where: name, requirement: 'must be a readable file', got: 'ENOENT' });
      const isDamaged = !ofIndex && name.includes(`0000${damaged + 1}`);
      return bufferSource(isDamaged ? mutate(shard, rng, file) : shard, name);
    },
  };
}
