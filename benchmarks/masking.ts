// Masks a second, as whole batches of 256 (visible, masked, restore) on grids of 196 and 784 patches, against PyTorch on the same cores.
//
// Both run in one thread and are timed by the processor's clock, so that other work on the machine does not count; PyTorch with
// two threads is set against our one by the wall clock. Ours writes into the arrays of the last batch (`value`) or into new ones
// (`freshValue`). `loop` is the published form of a sampler that loops over images. One JSON line a case.
// Options: --rounds 5 --seconds 0.2 --cases random,block,… --threads 2 --python python3

import { parseArgs } from 'node:util';

import { compare } from './engine/compare';
import { peerPath, threadEnvironment, worker } from './engine/mae-contestants';
import { playRounds } from './engine/play-rounds';
import { median, rounded } from './engine/statistics';
import { batchSize, maskingCases, patchCounts } from './masking/cases';
import type { MaskingReading } from './masking/worker';

interface PeerReading {
  value: number;
  unit: string;
  version: string;
  /** Masks a second of the fastest vectorized form, by `CASE-N`. */
  rates: Record<string, number>;
  /** Of the published loop over images, where there is one. */
  loops: Record<string, number>;
}

type Rates = Record<string, number> | undefined;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.2' },
    cases: { type: 'string' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: 'python3' },
  },
  allowPositionals: true, // the benchmark's name, which run.ts reads
});

const flags = [`--seconds=${options.seconds}`, ...(options.cases === undefined ? [] : [`--cases=${options.cases}`])];
const ours = worker('../masking/worker.ts', ...flags);
const torch = (threads: string) => ({
  command: options.python,
  arguments: [peerPath('masking.py'), `--threads=${threads}`, ...flags],
  environment: threadEnvironment(Number(threads)),
});
const { readings, absences, loadAverages } = await playRounds<MaskingReading | PeerReading>(
  'masking',
  [
    // A young generation that no case fills: what is allocated is seen whole.
    { name: 'ours', ...ours, arguments: ['--max-semi-space-size=512', ...ours.arguments] },
    { name: 'torch', ...torch('1') },
    { name: 'torch-threads', ...torch(options.threads) },
  ],
  Number(options.rounds),
);

const own = readings.get('ours') as MaskingReading[];
const peers = readings.get('torch') as PeerReading[];
const threaded = readings.get('torch-threads') as PeerReading[];
const names = maskingCases.map(({ name }) => name).filter((name) => options.cases?.split(',').includes(name) ?? true);
for (const key of patchCounts.flatMap((patchCount) => names.map((name) => `${name}-${patchCount}`))) print(key);

function print(key: string): void {
  const ownRates = own.map(({ rates }) => rates);
  const loops = against(
    ownRates,
    peers.map(({ loops }) => loops),
    key,
  );
  const threads = against(
    own.map(({ wallRates }) => wallRates),
    threaded.map(({ rates }) => rates),
    key,
  );
  const missing = absences.get('ours') ?? absences.get('torch');
  console.log(
    JSON.stringify({
      bench: `masking/${key}`,
      ...against(
        ownRates,
        peers.map(({ rates }) => rates),
        key,
      ),
      unit: 'masks/s',
      freshValue: medianOf(own.map(({ freshRates }) => freshRates[key]!)),
      loopValue: loops.peerValue,
      loopRatio: loops.ratio,
      threadsValue: threads.peerValue,
      threadsRatio: threads.ratio,
      bytesPerMask: medianOf(own.map(({ bytesPerMask }) => bytesPerMask[key]!)),
      batch: batchSize,
      version: own[0]?.version ?? null,
      peer: peers[0]?.version ?? null,
      threads: Number(options.threads),
      loadAverages,
      ...(missing === undefined ? {} : { missing }),
    }),
  );
}

function against(ownRates: readonly Rates[], peerRates: readonly Rates[], key: string) {
  const column = (rates: readonly Rates[]) =>
    rates.flatMap((of) => (of?.[key] === undefined ? [] : [{ value: of[key] }]));
  const columns = new Map([
    ['own', column(ownRates)],
    ['peer', column(peerRates)],
  ]);
  return compare({ readings: columns }, 'own', 'peer');
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : rounded(median(values));
}
