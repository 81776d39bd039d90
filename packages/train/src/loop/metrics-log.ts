// metrics.jsonl: one JSON object a line, one line a step.

import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

import { replaceFile } from '@semmae/core/files';

/** What a step leaves in the log, beside the scalars that the objective adds. */
export interface StepRecord {
  /** Counted from 1. */
  step: number;
  /** Counted from 0. */
  epoch: number;
  loss: number;
  learningRate: number;
  /** Before clipping. */
  gradientNorm: number;
  imagesPerSecond: number;
  /** Training time since the run began, sessions before this one included. */
  seconds: number;
  [metric: string]: number;
}

export interface MetricsLog {
  append(record: StepRecord): void;
  close(): void;
}

/** Opens the log for appending and forgets the lines past `completedSteps`: the steps that a resumed run takes again. */
export async function openMetricsLog(path: string, completedSteps: number): Promise<MetricsLog> {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const kept = lines.filter((line) => stepOf(line) <= completedSteps);
  await replaceFile(path, async (file) => file.writeFile(kept.map((line) => `${line}\n`).join('')));
  const file = openSync(path, 'a');
  return {
    // Each line reaches the system at once, so that a killed process loses none.
    append: (record) => writeSync(file, `${JSON.stringify(record)}\n`),
    close: () => closeSync(file),
  };
}

/** Infinity for what is no record: an empty line, or one that a crash cut short. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as StepRecord).step;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
