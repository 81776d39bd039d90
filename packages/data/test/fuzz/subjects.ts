// Damaged data of each kind that this package reads.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import type { Rng } from '@semmae/core';

import type { FuzzSubject, FuzzSubjects } from '../../../../scripts/fuzz/fuzz';
import { mutate } from '../../../../scripts/fuzz/mutate';
import { openTarSource } from '../../src/sources/tar/open-tar-source';
import { tarBlock } from '../../src/sources/tar/tar-header';
import { imageSubjects } from './image-subjects';

const archives = fileURLToPath(new URL('../../src/sources/tar/__fixtures__/', import.meta.url));
const names = ['ustar.tar', 'gnu.tar', 'pax.tar', 'sparse-gnu.tar', 'sparse-pax.tar', 'samples.tar'];

export const subjects: FuzzSubjects = {
  ...imageSubjects,
  tar: async () => openingShards((rng, file, other) => damagedArchive(file, rng, other)),
  'tar.gz': async () =>
    openingShards((rng, file, other) =>
      rng.uniform() < 0.3 ? gzipSync(damagedArchive(file, rng, other)) : mutate(gzipSync(file), rng, other),
    ),
  'tar.zst': async () => {
    const file = readFileSync(join(archives, 'samples.tar.zst'));
    return openingShards((rng, _, other) => mutate(file, rng, rng.uniform() < 0.5 ? other : file));
  },
};

/** Opens shards that `damage` makes and reads every sample. */
function openingShards(damage: (rng: Rng, file: Uint8Array, other: Uint8Array) => Uint8Array): FuzzSubject {
  const files = names.map((name) => new Uint8Array(readFileSync(join(archives, name))));
  return (rng) => {
    const [file, other] = [files[rng.integer(files.length)]!, files[rng.integer(files.length)]!];
    const content = damage(rng, file, other);
    return async () => {
      const folder = mkdtempSync(join(tmpdir(), 'fuzz-shards-'));
      try {
        writeFileSync(join(folder, 'shard.tar'), content);
        await readShard(join(folder, 'shard.tar'));
      } finally {
        rmSync(folder, { recursive: true });
      }
    };
  };
}

async function readShard(path: string): Promise<void> {
  const source = await openTarSource(path, { cacheFolder: false, unpackBytes: 2 ** 25 });
  try {
    source.leftOut!.summary();
    const ids = new Set<string>();
    for (let index = 0; index < source.length; index++) {
      const id = source.idAt(index);
      if (id === '' || ids.has(id) || /(^|\/)\.\.(\/|$)|^\//.test(id)) throw new Error(`id ${JSON.stringify(id)}`);
      ids.add(id);
      const { image, label } = await source.read(index);
      if (!(image instanceof Uint8Array) || image.length === 0) throw new Error(`no image of ${id}`);
      if (label !== undefined && !(Number.isInteger(label) && label >= 0)) throw new Error(`label ${label} of ${id}`);
    }
  } finally {
    source.close!();
  }
}

/** Damage anywhere, or within headers whose checksums are then made to fit. */
function damagedArchive(file: Uint8Array, rng: Rng, other: Uint8Array): Uint8Array {
  if (rng.uniform() < 0.3) return mutate(file, rng, other);
  const archive = Uint8Array.from(file);
  for (let left = 1 + rng.integer(3); left > 0; left--) {
    const blocks = Array.from({ length: Math.floor(archive.length / tarBlock) }, (_, block) => block * tarBlock);
    const headers = blocks.filter(
      (start) => Buffer.from(archive.subarray(start + 257, start + 262)).toString() === 'ustar',
    );
    const start = headers[rng.integer(headers.length)] ?? 0;
    const header = archive.subarray(start, start + tarBlock);
    header.set(mutate(header, rng, other).subarray(0, tarBlock));
    const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
    header.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  }
  return archive;
}
