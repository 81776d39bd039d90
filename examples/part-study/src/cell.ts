// One cell of the study: a method with one seed, scored once and kept as a file.

import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { PartEvaluation } from '@semmae/parts';
import writeFileAtomic from 'write-file-atomic';

/** What the tables show of an evaluation; fractions, null where the data has no masks. */
export interface Scores {
  fgNmi: number | null;
  fgAri: number | null;
  fgMiou: number | null;
  purity: number | null;
  nmi: number | null;
  ari: number | null;
  flipMiou: number | null;
  usageEntropy: number;
  deadParts: number;
  components: number | null;
}

export interface Cell {
  method: string;
  seed: number;
  scores: Scores;
  /** Training and prediction together. */
  seconds: number;
}

export function scoresOf(evaluation: PartEvaluation): Scores {
  const { foreground, everywhere, flipConsistency, usage, components } = evaluation;
  return {
    fgNmi: foreground?.nmi ?? null,
    fgAri: foreground?.ari ?? null,
    fgMiou: foreground?.miou ?? null,
    purity: foreground?.purity ?? null,
    nmi: everywhere?.nmi ?? null,
    ari: everywhere?.ari ?? null,
    flipMiou: flipConsistency?.miou ?? null,
    usageEntropy: usage.entropy,
    deadParts: usage.dead.length,
    components,
  };
}

/** The cell in `folder`, computed only if it is not there yet: an interrupted study goes on where it was. */
export async function cell(
  folder: string,
  { method, seed }: Pick<Cell, 'method' | 'seed'>,
  compute: () => Promise<PartEvaluation>,
): Promise<Cell> {
  const path = join(folder, 'cells', `${method}, seed ${seed}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Cell;
  const began = performance.now();
  const scores = scoresOf(await compute());
  const finished: Cell = { method, seed, scores, seconds: (performance.now() - began) / 1000 };
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, JSON.stringify(finished, null, 2));
  return finished;
}
