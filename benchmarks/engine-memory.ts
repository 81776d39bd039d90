// Peak memory of one MAE training step against PyTorch's, each in its own process, and growth over a thousand steps of a tiny model.
// Memory is what the kernel counts (VmHWM and VmRSS of /proc), so this bench is for Linux. `aboveImports` leaves out what each process
// held before it made the model: the CUDA build of PyTorch maps much more than the CPU build. Two
// processes of each, the second of which finds the compiled graph on disk; the larger peak counts.
// Options: --model small,base --threads N --python python3

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isAbsent, type Reading, runContestant } from './engine/contestant';
import { maeContestant, threadEnvironment, worker } from './engine/mae-contestants';
import { engineOptions } from './engine/options';
import { type Played, playRounds } from './engine/play-rounds';
import { rounded } from './engine/statistics';

const { models, threads, python } = engineOptions();
const names = ['compiled', 'traced', 'torch-eager'];
for (const model of models) {
  const cache = mkdtempSync(join(tmpdir(), 'engine-memory-'));
  try {
    const options = { model, threads, python, counts: { warmUp: 1, steps: 2 } };
    const contestants = names.map((name) => ({
      ...maeContestant(name, options),
      environment: { ...threadEnvironment(threads), SEMMAE_CACHE: cache },
    }));
    const played = await playRounds(`engine-memory-${model}`, contestants, 2); // it hardly varies
    for (const own of names.slice(0, 2)) printPeak(`engine-memory-${model}/${own}`, own, played);
  } finally {
    rmSync(cache, { recursive: true });
  }
}
for (const way of ['compiled', 'traced', 'varying']) await printGrowth(way);

function printPeak(bench: string, own: string, { readings, absences, loadAverages }: Played): void {
  const [ours, theirs] = [own, 'torch-eager'].map((name) => readings.get(name)!) as [Reading[], Reading[]];
  const value = largest(ours, ({ peakMegabytes }) => peakMegabytes);
  const peerValue = largest(theirs, ({ peakMegabytes }) => peakMegabytes);
  const aboveImports = largest(ours, above);
  const peerAboveImports = largest(theirs, above);
  const missing = absences.get(own) ?? absences.get('torch-eager');
  console.log(
    JSON.stringify({
      bench,
      value,
      unit: 'MB',
      version: ours[0]?.version ?? null,
      peer: theirs[0]?.version ?? 'torch-eager',
      peerValue,
      ratio: ratio(value, peerValue),
      aboveImports,
      peerAboveImports,
      ratioAboveImports: ratio(aboveImports, peerAboveImports),
      threads,
      loadAverages,
      ...(missing === undefined ? {} : { missing }),
    }),
  );
}

async function printGrowth(way: string): Promise<void> {
  const bench = `engine-memory-growth/${way}`;
  const reading = await runContestant({
    name: way,
    ...worker('growth-worker.ts', `--way=${way}`, `--threads=${threads}`),
  });
  console.log(JSON.stringify(isAbsent(reading) ? { bench, value: null, ...reading } : { bench, ...reading, threads }));
}

function above({ peakMegabytes, importMegabytes }: Reading): number | null | undefined {
  return peakMegabytes == null || importMegabytes == null ? null : peakMegabytes - importMegabytes;
}

function largest(readings: Reading[], field: (reading: Reading) => number | null | undefined): number | null {
  const values = readings.map(field).filter((value) => value != null);
  return values.length === 0 ? null : Math.max(...values);
}

function ratio(value: number | null, peerValue: number | null): number | null {
  return value === null || peerValue === null ? null : rounded(value / peerValue);
}
