// Seconds until the first MAE training step is done: in a process that finds no compiled graph on disk (cold), and in a second one that
// finds what the first one left (warm); torch.compile and JAX jit likewise, with their own caches on disk.
// Options: --model small,base --threads N --rounds 5 --peers torch-compile,jax-jit --python python3

import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { isAbsent, type Reading, runContestant } from './engine/contestant';
import { maeContestant, threadEnvironment } from './engine/mae-contestants';
import type { ModelName } from './engine/model-sizes';
import { engineOptions } from './engine/options';
import { median, relativeRange, rounded } from './engine/statistics';

interface Start {
  cold: Reading;
  warm: Reading;
}

const { models, threads, rounds, python, peers } = engineOptions();
const compilers = peers.filter((name) => ['torch-compile', 'jax-jit'].includes(name));
for (const model of models) {
  const ours: Start[] = [];
  const theirs = new Map<string, Start | string>();
  const loadAverages: number[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    loadAverages.push(Number(loadavg()[0]!.toFixed(2)));
    const start = await startTwice('compiled', model);
    if (typeof start === 'string') {
      console.log(JSON.stringify({ bench: `engine-compile-time-${model}`, value: null, unit: 's', missing: start }));
      break;
    }
    ours.push(start);
  }
  if (ours.length === 0) continue;
  for (const name of compilers) theirs.set(name, await startTwice(name, model)); // too slow for more than once
  for (const kind of ['cold', 'warm'] as const) {
    const values = ours.map((start) => start[kind].firstStepSeconds!);
    const common = { value: rounded(median(values)), unit: 's', spread: rounded(relativeRange(values)) };
    const stepSeconds = rounded(median(ours.map(({ warm }) => secondsPerStep(warm))));
    for (const name of compilers.length > 0 ? compilers : [undefined]) {
      const peer = name === undefined ? undefined : theirs.get(name);
      const peerValue = typeof peer === 'object' ? peer[kind].firstStepSeconds! : null;
      console.log(
        JSON.stringify({
          bench: `engine-compile-time-${model}/${kind}`,
          ...common,
          peer: typeof peer === 'object' ? `${name} (${peer.cold.version})` : (peer ?? null),
          peerValue,
          ratio: peerValue === null ? null : rounded(common.value / peerValue),
          stepSeconds,
          threads,
          loadAverages,
        }),
      );
    }
  }
}

/** Two processes, one after the other, with a cache folder of their own; or why they cannot run. */
async function startTwice(name: string, model: ModelName): Promise<Start | string> {
  const cache = mkdtempSync(join(tmpdir(), 'engine-compile-time-'));
  const contestant = {
    ...maeContestant(name, { model, threads, python, counts: { warmUp: 1, steps: 2 } }),
    environment: {
      ...threadEnvironment(threads),
      SEMMAE_CACHE: cache,
      TORCHINDUCTOR_CACHE_DIR: cache,
      JAX_COMPILATION_CACHE_DIR: cache,
      JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0',
    },
  };
  try {
    const cold = await runContestant(contestant);
    if (isAbsent(cold)) return cold.missing;
    const warm = await runContestant(contestant);
    if (isAbsent(warm)) return warm.missing;
    const seconds = [cold, warm].map(({ firstStepSeconds }) => firstStepSeconds!.toFixed(1)).join(' s, ');
    console.error(`engine-compile-time-${model}: ${name} ${seconds} s`);
    return { cold, warm };
  } finally {
    rmSync(cache, { recursive: true });
  }
}

function secondsPerStep({ value, batch }: Reading): number {
  return batch! / value;
}
