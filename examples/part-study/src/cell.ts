// One cell of the study: a method with one seed, scored once and kept as a file.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFileSync, takeLock } from '@semmae/core/files';
import type { PartEvaluation } from '@semmae/parts';

/** What the tables show of an evaluation; fractions, null where the data has no masks. */
export interface Scores {
  fgNmi: number | null;
  fgAri: number | null;
  fgMiou: number | null;
  purity: number | null;
  nmi: number | null;
  ari: number | null;
  objectIou: number | null;
  landmarkError: number | null;
  flipMiou: number | null;
  cropMiou: number | null;
  usageEntropy: number;
  deadParts: number;
  components: number | null;
}

export interface CellName {
  method: string;
  seed: number;
}

export interface Cell extends CellName {
  scores: Scores;
  /** Training and prediction together. */
  seconds: number;
}

export function scoresOf(evaluation: PartEvaluation): Scores {
  const { foreground, everywhere, object, landmarks, flipConsistency, cropConsistency, usage, components } = evaluation;
  return {
    fgNmi: foreground?.nmi ?? null,
    fgAri: foreground?.ari ?? null,
    fgMiou: foreground?.miou ?? null,
    purity: foreground?.purity ?? null,
    nmi: everywhere?.nmi ?? null,
    ari: everywhere?.ari ?? null,
    objectIou: object?.iou ?? null,
    landmarkError: landmarks?.error ?? null,
    flipMiou: flipConsistency?.miou ?? null,
    cropMiou: cropConsistency?.miou ?? null,
    usageEntropy: usage.entropy,
    deadParts: usage.dead.length,
    components,
  };
}

/** The cell in `folder`, if it was computed before. */
export function readCell(folder: string, name: CellName): Cell | undefined {
  const path = pathOf(folder, name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Cell) : undefined;
}

/** Computes the cell, unless another process has or is doing so. Whether it did. */
export async function computeCell(
  folder: string,
  { method, seed }: CellName,
  compute: () => Promise<PartEvaluation>,
): Promise<boolean> {
  const path = pathOf(folder, { method, seed });
  mkdirSync(dirname(path), { recursive: true });
  const lock = takeLock(`${path}.lock`);
  if (lock === undefined) return false;
  try {
    if (existsSync(path)) return false;
    const began = performance.now();
    const scores = scoresOf(await compute());
    const finished: Cell = { method, seed, scores, seconds: (performance.now() - began) / 1000 };
    replaceFileSync(path, JSON.stringify(finished, null, 2));
    return true;
  } finally {
    lock.release();
  }
}

function pathOf(folder: string, { method, seed }: CellName): string {
  return join(folder, 'cells', `${method}, seed ${seed}.json`);
}
