// One MAE training step (75 % masked, normalized pixels, AdamW) on our engine against PyTorch, JAX and the other tfjs backends:
// `small` is 64 px, patch 8, width 192, 6 + 2 blocks, 3 heads, batch 64; `base` is ViT-B/16 at 224 px with MAE's decoder, batch 8.
// Every contestant runs in its own process, in alternating rounds, from the same weights and batch. Prints one JSON line a pair.
// Options: --model small,base --threads N --rounds 5 --cases compiled,traced --peers torch-eager,… --python python3

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { compare } from './engine/compare';
import { isAbsent, type Reading, runContestant } from './engine/contestant';
import { maeContestant, worker } from './engine/mae-contestants';
import type { ModelName } from './engine/model-sizes';
import { engineOptions } from './engine/options';
import { type Played, playRounds } from './engine/play-rounds';

const { models, threads, rounds, cases, peers, python } = engineOptions();
for (const model of models) {
  const start = mkdtempSync(join(tmpdir(), 'mae-start-'));
  try {
    const written = await runContestant<object>({
      name: 'start',
      ...worker('mae-worker.ts', '--backend=cpu', `--model=${model}`, `--write-start=${start}`),
    });
    if (isAbsent(written)) throw new Error(written.missing);
    const names = [...cases, ...peers.filter((name) => !isTooSlow(name, model))];
    const contestants = names.map((name) => maeContestant(name, { model, threads, python, start }));
    const played = await playRounds(`engine-mae-${model}`, contestants, rounds);
    // The first case meets everybody, the others the first peer.
    for (const peer of names.slice(1)) print(model, cases[0]!, peer, played);
    for (const own of cases.slice(1)) if (peers.length > 0) print(model, own, peers[0]!, played);
  } finally {
    rmSync(start, { recursive: true });
  }
}

/** The JavaScript and wasm backends need minutes for one step of ViT-B/16. */
function isTooSlow(name: string, model: ModelName): boolean {
  return model === 'base' && name.startsWith('tfjs-');
}

function print(model: ModelName, own: string, peer: string, played: Played): void {
  const [ours, theirs] = [own, peer].map((name) => played.readings.get(name)?.[0]);
  const missing = played.absences.get(own) ?? played.absences.get(peer);
  console.log(
    JSON.stringify({
      bench: `engine-mae-${model}/${own}`,
      ...compare(played, own, peer),
      unit: 'images/s',
      version: ours?.version ?? null,
      peer: `${peer}${theirs === undefined ? '' : ` (${theirs.version})`}`,
      threads,
      parameters: ours?.parameters ?? null,
      peerParameters: theirs?.parameters ?? null,
      lossDifference: lossDifference(ours, theirs),
      losses: ours?.losses ?? [],
      peakMegabytes: ours?.peakMegabytes ?? null,
      peerPeakMegabytes: theirs?.peakMegabytes ?? null,
      loadAverages: played.loadAverages,
      ...(missing === undefined ? {} : { missing }),
    }),
  );
}

/** The largest relative difference of the first losses: proof that both compute the same. */
function lossDifference(ours: Reading | undefined, theirs: Reading | undefined): number | null {
  if (ours?.losses === undefined || theirs?.losses === undefined) return null;
  const shared = ours.losses.slice(0, theirs.losses.length);
  return Math.max(...shared.map((loss, index) => Math.abs(loss - theirs.losses![index]!) / loss));
}
