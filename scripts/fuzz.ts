// `npm run fuzz -- PACKAGE`: damaged inputs of each subject of a package (its `test/fuzz/subjects.ts`) through what reads them.
// Arguments: `--count 100000` files of each, `--seed 1`, `--subject zip` for one alone, `--first 5` to begin with that file.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import { SemmaeError } from '@semmae/core';

import { type FuzzSubjects, fuzz } from './fuzz/fuzz';

/** Seconds after which a file counts as one that hangs the reader. */
const patience = 60;

const { values, positionals } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    subject: { type: 'string' },
  },
  allowPositionals: true,
});
const [count, seed, first] = [values.count, values.seed, values.first].map((value) => {
  if (/^\d+$/.test(value)) return Number(value);
  throw new SemmaeError({ where: 'fuzz', requirement: 'numbers must be integers', got: value });
}) as [number, number, number];

const subjects = await subjectsOf(positionals[0] ?? '');
const chosen = Object.keys(subjects).filter((name) => values.subject === undefined || values.subject === name);
if (chosen.length === 0) {
  throw new SemmaeError({
    where: 'fuzz',
    requirement: `--subject must be one of ${Object.keys(subjects).join(', ')}`,
    got: values.subject,
  });
}

const beat = new Int32Array(new SharedArrayBuffer(4));
const watchdog = new Worker(watch.toString().concat('; watch(require("node:worker_threads").workerData)'), {
  eval: true,
  workerData: { beat, patience },
});
for (const name of chosen) {
  const started = performance.now();
  const subject = await subjects[name]!();
  const counts = await fuzz(subject, {
    ...{ name, count, seed, first },
    onFile: (index) => Atomics.store(beat, 0, index + 1),
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${name}: ${counts.files} files, ${counts.read} read, ${counts.refused} refused, 0 anything else; ` +
      `slowest ${Math.round(counts.slowestMs)} ms, peak ${Math.round(counts.peakMegabytes)} MB, ${seconds} s`,
  );
}
await watchdog.terminate();

async function subjectsOf(packageName: string): Promise<FuzzSubjects> {
  const path = join(resolve(import.meta.dirname, '../packages'), packageName, 'test/fuzz/subjects.ts');
  if (/^[\w-]+$/.test(packageName) && existsSync(path)) return (await import(pathToFileURL(path).href)).subjects;
  throw new SemmaeError({
    where: 'fuzz',
    requirement: 'must name a package that has subjects',
    got: packageName || 'none',
    remedy: 'npm run fuzz -- checkpoints',
  });
}

/** In a thread of its own, since a reader that hangs hangs this one. */
function watch({ beat, patience }: { beat: Int32Array; patience: number }): void {
  let last = -1;
  setInterval(() => {
    const now = Atomics.load(beat, 0);
    if (now === last) {
      console.error(`file ${now - 1} hangs the reader`);
      process.kill(process.pid);
    }
    last = now;
  }, patience * 1000);
}
