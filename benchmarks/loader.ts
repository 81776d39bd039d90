// Training crops of a folder of JPEGs at 224 pixels: `viewLoader` against torchvision's transforms in torch's DataLoader with as many
// workers, each in a process of its own, in alternating rounds. Both deliver normalized batches of floats.
//
// `value` is what comes out in a second, `perCpuSecond` what comes out for a second of one core, start left out; the latter bears other
// programs on the machine. One JSON line a peer. Options: --data FOLDER --workers 2 --batch 64 --rounds 3 --epochs 3 --python python3

import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { build } from 'esbuild';

import { compare } from './engine/compare';
import type { Contestant, Reading } from './engine/contestant';
import { peerPath, threadEnvironment } from './engine/mae-contestants';
import { playRounds } from './engine/play-rounds';

interface LoaderReading extends Reading {
  perCpuSecond: number;
}

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/imagenet-sample/images' },
    workers: { type: 'string', default: '2' },
    batch: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
  },
  allowPositionals: true, // the benchmark's name, which run.ts reads
});
const { data, workers, batch, epochs } = options;
const common = [`--data=${resolve(data)}`, `--workers=${workers}`, `--batch=${batch}`, `--epochs=${epochs}`];
const root = resolve(import.meta.dirname, '..');
const built = mkdtempSync(join(root, '.loader-bench-')); // below the node_modules that its packages come from

try {
  await build({
    entryPoints: {
      'view-crops': join(root, 'benchmarks/loader/view-crops.ts'),
      'loader/view-thread': join(root, 'packages/data/src/loader/view-thread.ts'),
    },
    outdir: built,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@semmae/source', 'import'],
    external: ['sharp', 'geotiff'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const ours: Contestant = {
    name: 'ours',
    command: process.execPath,
    arguments: [join(built, 'view-crops.js'), ...common],
    environment: threadEnvironment(1),
  };
  const peers = ['pillow', 'torchvision'];
  const played = await playRounds<LoaderReading>('loader', [ours, ...peers.map(python)], Number(options.rounds));
  const perCpu = new Map(
    [...played.readings].map(([name, rows]) => [name, rows.map((row) => ({ value: row.perCpuSecond }))]),
  );
  for (const peer of peers) {
    const ofCores = compare({ readings: perCpu }, 'ours', peer);
    const missing = played.absences.get('ours') ?? played.absences.get(peer);
    console.log(
      JSON.stringify({
        bench: `loader-crops-224/${peer}`,
        ...compare(played, 'ours', peer),
        unit: 'images/s',
        perCpuSecond: ofCores.value,
        peerPerCpuSecond: ofCores.peerValue,
        perCpuSecondRatio: ofCores.ratio,
        perCpuSecondSpread: ofCores.spread,
        version: played.readings.get('ours')?.[0]?.version ?? null,
        peer: played.readings.get(peer)?.[0]?.version ?? null,
        ...{ workers: Number(workers), batch: Number(batch), loadAverages: played.loadAverages },
        ...(missing === undefined ? {} : { missing }),
      }),
    );
  }
} finally {
  rmSync(built, { recursive: true });
}

function python(decoder: string): Contestant {
  return {
    name: decoder,
    command: options.python,
    arguments: [peerPath('loader.py'), ...common, `--decoder=${decoder}`],
    environment: threadEnvironment(1),
  };
}
