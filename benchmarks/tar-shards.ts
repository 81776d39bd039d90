// WebDataset shards: what packing, opening (first and second time), shuffling and reading cost, each in a process of its own.
// Options: --images 100000 --bytes 2000 (mean size of an image, of noise) --shards 1 --reads 10000 --compress gz (default none)

import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';

import { createRng } from '@semmae/core';
import { epochOrder, type ImageSource, openTarSource, packShards } from '@semmae/data';

import { peakMegabytes, residentMegabytes } from './engine/peak-memory';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '100000' },
    bytes: { type: 'string', default: '2000' },
    shards: { type: 'string', default: '1' },
    reads: { type: 'string', default: '10000' },
    compress: { type: 'string', default: '' },
    task: { type: 'string' }, // a process of one task
    folder: { type: 'string', default: '' },
  },
  allowPositionals: true,
});
const [images, bytes, shards, reads] = [values.images, values.bytes, values.shards, values.reads].map(Number) as [
  number,
  number,
  number,
  number,
];

const tasks: Record<string, () => Promise<object>> = {
  async pack() {
    const out = join(values.folder, `{00000..}.tar${values.compress && `.${values.compress}`}`);
    const { seconds, result } = await timed(() =>
      packShards(noise(), { out, maxImages: Math.ceil(images / shards), maxBytes: Number.MAX_SAFE_INTEGER }),
    );
    const size = result.shards.reduce((sum, path) => sum + statSync(path).size, 0);
    return { packSeconds: seconds, megabytes: Math.round(size / 2 ** 20), packPeakMegabytes: peakMegabytes() };
  },
  firstOpening: open,
  secondOpening: open,
  async inflate() {
    const { seconds } = await timed(async () => {
      for (let shard = 0; shard < shards; shard++) {
        const path = join(values.folder, `${String(shard).padStart(5, '0')}.tar.gz`);
        for await (const _ of createReadStream(path).pipe(createGunzip({ chunkSize: 2 ** 18 })));
      }
    });
    return { inflateSeconds: seconds };
  },
};

if (values.task !== undefined) console.log(JSON.stringify(await tasks[values.task]!()));
else runAll();

function runAll(): void {
  const folder = mkdtempSync(join(tmpdir(), 'tar-shards-'));
  try {
    const line: Record<string, unknown> = { bench: 'tar-shards', images, shards, compress: values.compress || 'none' };
    Object.assign(line, run('pack', folder), {
      first: run('firstOpening', folder),
      second: run('secondOpening', folder),
    });
    if (values.compress === 'gz') Object.assign(line, run('inflate', folder));
    console.log(JSON.stringify(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(task: string, folder: string): object {
  const parameters = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(3)];
  const { status, stdout } = spawnSync(process.execPath, [...parameters, '--task', task, '--folder', folder], {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    env: { ...process.env, SEMMAE_CACHE: join(folder, 'cache') },
  });
  if (status === 0) return JSON.parse(stdout);
  throw new Error(`bench: ${task} must succeed, got status ${status}`);
}

async function open(): Promise<object> {
  const before = residentMegabytes();
  const opening = await timed(() => openTarSource(values.folder));
  const source = opening.result;
  const openedMegabytes = residentMegabytes();
  const shuffling = await timed(async () => epochOrder(createRng(1), 0, source.length));
  const chosen = Array.from(shuffling.result.subarray(0, reads));
  const reading = await timed(() => readAll(source, chosen));
  const walking = await timed(() =>
    readAll(
      source,
      chosen.map((_, index) => index),
    ),
  );
  source.close?.();
  return {
    ...{ openSeconds: opening.seconds, shuffleSeconds: shuffling.seconds },
    ...{ randomReadsPerSecond: Math.round(chosen.length / reading.seconds) },
    ...{ sequentialReadsPerSecond: Math.round(chosen.length / walking.seconds) },
    ...{ megabytesBefore: before, openedMegabytes, peakMegabytes: peakMegabytes() },
  };
}

/** Eight at a time, as a loader does. */
async function readAll(source: ImageSource, indices: readonly number[]): Promise<void> {
  for (let start = 0; start < indices.length; start += 8) {
    await Promise.all(indices.slice(start, start + 8).map((index) => source.read(index)));
  }
}

/** Images of bytes that no one compresses, from half to one and a half times the mean size, with a label each. */
function noise(): ImageSource {
  const rng = createRng(7);
  const block = Uint8Array.from({ length: 2 ** 20 + 2 * bytes }, () => rng.integer(256));
  return {
    ...{ name: 'noise', length: images, classNames: Array.from({ length: 10 }, (_, label) => `class ${label}`) },
    idAt: (index) => `image-${String(index).padStart(7, '0')}`,
    labelAt: (index) => index % 10,
    async read(index) {
      const start = (index * 7919) % 2 ** 20;
      return {
        image: block.subarray(start, start + (bytes >>> 1) + ((index * 31) % bytes)),
        names: { image: 'a.jpg' },
      };
    },
  };
}

async function timed<T>(task: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now();
  const result = await task();
  return { result, seconds: Number(((performance.now() - began) / 1000).toFixed(3)) };
}
