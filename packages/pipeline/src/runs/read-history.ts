// The metrics of a training run, as its trainer logged them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { StepRecord } from '@semmae/train';

/** Every step of the run in `folder`, in order. */
export function readHistory(folder: string): StepRecord[] {
  return readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StepRecord);
}

/** Mean over the last twentieth of the steps: single steps are noisy. */
export function finalLoss(history: readonly StepRecord[]): number {
  const last = history.slice(-Math.max(1, Math.round(history.length / 20)));
  return last.reduce((sum, { loss }) => sum + loss, 0) / last.length;
}
