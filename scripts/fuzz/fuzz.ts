// Does what a package does with damaged inputs, and looks at what comes of it.

import { createRng, type Rng, SemmaeError } from '@semmae/core';

/** Draws a damaged input and gives what is done with it: all that the package can read of it. */
export type FuzzSubject = (rng: Rng) => () => Promise<void>;

/** The subjects of a package by name, `subjects` in its `test/fuzz/subjects.ts`. */
export type FuzzSubjects = Record<string, () => Promise<FuzzSubject>>;

export interface FuzzCounts {
  files: number;
  /** All was read. */
  read: number;
  /** With a SemmaeError of one line. */
  refused: number;
  slowestMs: number;
  /** Highest resident memory of the process so far. */
  peakMegabytes: number;
}

export interface FuzzOptions {
  /** Of the subject, for messages and the draws. */
  name: string;
  count: number;
  seed: number;
  /** Number of the first file. */
  first?: number;
  /** Told before each file. */
  onFile?: (index: number) => void;
}

/** Of one file, on any machine. */
const mostMs = 10_000;
/** Of the process, with Node itself and this program. */
const mostMegabytes = 512;

/** Throws an Error that names the file for anything but a sound read or a refusal, for too much time, and for too much memory. */
export async function fuzz(
  subject: FuzzSubject,
  { name, count, seed, first = 0, onFile }: FuzzOptions,
): Promise<FuzzCounts> {
  const counts: FuzzCounts = { files: count, read: 0, refused: 0, slowestMs: 0, peakMegabytes: 0 };
  for (let index = first; index < first + count; index++) {
    onFile?.(index);
    const use = subject(createRng(seed).split(name, index));
    const start = performance.now();
    const place = `file ${index} of ${name}, seed ${seed}`;
    try {
      await use();
      counts.read++;
    } catch (error) {
      if (!SemmaeError.isInstance(error)) throw new Error(`${place}: ${String(error)}`, { cause: error });
      if (!/^.{1,4000}$/.test(error.message))
        throw new Error(`${place}: a message that is no line: ${error.message.slice(0, 4000)}`);
      counts.refused++;
    }
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - start);
    counts.peakMegabytes = process.resourceUsage().maxRSS / 1024;
    if (counts.slowestMs > mostMs || counts.peakMegabytes > mostMegabytes) {
      throw new Error(`${place}: ${JSON.stringify(counts)}`);
    }
  }
  return counts;
}
