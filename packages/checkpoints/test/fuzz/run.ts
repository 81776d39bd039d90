// The program behind `npm run fuzz -- checkpoints`: damaged files of each container through the readers.
// Arguments: `--count 100000` files of each, `--seed 1`, `--container zip` for one alone, `--first 5` to begin with that file.

import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import { SemmaeError } from '@semmae/core';

import { fuzz } from './fuzz';
import { type Container, containers } from './samples';

/** Seconds after which a file counts as one that hangs the reader. */
const patience = 60;

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    container: { type: 'string' },
  },
});
const [count, seed, first] = [values.count, values.seed, values.first].map((value) => {
  if (/^\d+$/.test(value)) return Number(value);
  throw new SemmaeError({ where: 'fuzz', requirement: 'numbers must be integers', got: value });
}) as [number, number, number];
const chosen = containers.filter((container) => values.container === undefined || values.container === container);
if (chosen.length === 0) {
  throw new SemmaeError({
    where: 'fuzz',
    requirement: `--container must be one of ${containers.join(', ')}`,
    got: values.container,
  });
}

const beat = new Int32Array(new SharedArrayBuffer(4));
const watchdog = new Worker(watch.toString().concat('; watch(require("node:worker_threads").workerData)'), {
  eval: true,
  workerData: { beat, patience },
});
for (const container of chosen) {
  const started = performance.now();
  const counts = await fuzz(container as Container, {
    count,
    seed,
    first,
    onFile: (index) => Atomics.store(beat, 0, index + 1),
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${container}: ${counts.files} files, ${counts.read} read, ${counts.refused} refused, 0 anything else; ` +
      `slowest ${Math.round(counts.slowestMs)} ms, peak ${Math.round(counts.peakMegabytes)} MB, ${seconds} s`,
  );
}
await watchdog.terminate();

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
