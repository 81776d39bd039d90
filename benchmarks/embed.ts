// Class tokens of a folder of photographs by a ViT-S/16 at 224 pixels in DINO's own kind of file, random weights: `embed` against timm
// in PyTorch on the same cores, each in a process of its own, in alternating rounds, from JPEG files to a file of features.
//
// `encoding` leaves decoding out; `torch-workers` decodes in processes beside the model. The features of both are compared on lossless
// images of 256 pixels, where decoders and filters do not count. One JSON line a peer.
// Options: --data FOLDER --threads N --rounds 3 --batch 16 --python python3

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { openTensorFile } from '@semmae/checkpoints';

import { compare } from './engine/compare';
import { type Contestant, isAbsent, type Reading, runContestant } from './engine/contestant';
import { peerPath, threadEnvironment, worker } from './engine/mae-contestants';
import { playRounds } from './engine/play-rounds';
import { median, rounded } from './engine/statistics';

interface EmbedReading extends Reading {
  /** Images/s of the model alone. */
  encoding: number;
}

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/imagenet-sample/images' },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '16' },
    python: { type: 'string', default: 'python3' },
  },
  allowPositionals: true, // the benchmark's name, which run.ts reads
});
const { data, threads, batch } = options;
const scratch = mkdtempSync(join(tmpdir(), 'embed-'));
const model = join(scratch, 'dino_deitsmall16_pretrain.pth');
const lossless = join(scratch, 'lossless');

try {
  const prepared = await runContestant<object>(
    python('start', `--write=${model}`, `--data=${data}`, `--lossless=${lossless}`),
  );
  if (isAbsent(prepared)) throw new Error(prepared.missing);
  const featureDifference = await compareFeatures();
  const peers = { torch: [], 'torch-workers': [`--workers=${threads}`] };
  const played = await playRounds<EmbedReading>(
    'embed',
    [ours(data, 'ours.npy'), ...Object.entries(peers).map(([name, more]) => python(name, ...onData(data), ...more))],
    Number(options.rounds),
  );
  const encoding = new Map(
    [...played.readings].map(([name, rows]) => [name, rows.map((row) => ({ value: row.encoding }))]),
  );
  for (const peer of Object.keys(peers)) {
    const alone = compare({ readings: encoding }, 'ours', peer);
    const missing = played.absences.get('ours') ?? played.absences.get(peer);
    console.log(
      JSON.stringify({
        bench: `embed-vit-small-16/${peer}`,
        ...compare(played, 'ours', peer),
        unit: 'images/s',
        encodingValue: alone.value,
        encodingPeerValue: alone.peerValue,
        encodingRatio: alone.ratio,
        encodingSpread: alone.spread,
        featureDifference,
        version: played.readings.get('ours')?.[0]?.version ?? null,
        peer: played.readings.get(peer)?.[0]?.version ?? null,
        peakMegabytes: rounded(median(played.readings.get('ours')!.map(({ peakMegabytes }) => peakMegabytes!))),
        ...{ threads: Number(threads), batch: Number(batch), loadAverages: played.loadAverages },
        ...(missing === undefined ? {} : { missing }),
      }),
    );
  }
} finally {
  rmSync(scratch, { recursive: true });
}

function ours(images: string, out: string): Contestant {
  const list = [`--model=${model}`, `--data=${images}`, `--out=${join(scratch, out)}`];
  return { name: 'ours', ...worker('../embed/worker.ts', ...list, `--batch=${batch}`, `--threads=${threads}`) };
}

function onData(images: string): string[] {
  return [`--model=${model}`, `--data=${images}`, `--batch=${batch}`, `--threads=${threads}`];
}

function python(name: string, ...list: string[]): Contestant {
  return {
    name,
    command: options.python,
    arguments: [peerPath('embed.py'), ...list],
    environment: threadEnvironment(Number(threads)),
  };
}

/** The largest difference of a value of a feature, as a share of the largest value. */
async function compareFeatures(): Promise<number> {
  const out = join(scratch, 'theirs.npy');
  for (const contestant of [ours(lossless, 'own.npy'), python('torch', ...onData(lossless), `--out=${out}`)]) {
    const reading = await runContestant(contestant);
    if (isAbsent(reading)) throw new Error(reading.missing);
  }
  const [own, theirs] = [await valuesOf(join(scratch, 'own.npy')), await valuesOf(out)];
  if (own.length !== theirs.length) throw new Error(`embed: ${own.length} values against ${theirs.length}`);
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return rounded(own.reduce((most, value, index) => Math.max(most, Math.abs(value - theirs[index]!)), 0) / largest);
}

async function valuesOf(path: string): Promise<Float32Array> {
  const file = await openTensorFile(path);
  try {
    return (await file.read('array')) as Float32Array;
  } finally {
    file.close();
  }
}
