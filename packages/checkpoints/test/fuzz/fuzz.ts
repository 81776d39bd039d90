// Opens damaged files, reads all that they hold, and looks at what comes of it.

import { createRng, SemmaeError } from '@semmae/core';

import { readTensorFile } from '../../src/read-tensor-file';
import type { ByteSource } from '../../src/sources/byte-source';
import { byteLengthOf, tensorTypes } from '../../src/tensors/tensor-types';
import { type Container, damagedFiles } from './samples';

export interface FuzzCounts {
  container: Container;
  files: number;
  /** Opened, and every tensor was read. */
  read: number;
  /** With a SemmaeError of one line, when they were opened or a tensor was read. */
  refused: number;
  slowestMs: number;
  /** Highest resident memory of the process so far. */
  peakMegabytes: number;
}

export interface FuzzOptions {
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
export async function fuzz(container: Container, { count, seed, first = 0, onFile }: FuzzOptions): Promise<FuzzCounts> {
  const draw = await damagedFiles(container);
  const counts: FuzzCounts = { container, files: count, read: 0, refused: 0, slowestMs: 0, peakMegabytes: 0 };
  for (let index = first; index < first + count; index++) {
    onFile?.(index);
    const source = draw(createRng(seed).split(container, index));
    const start = performance.now();
    try {
      await readAll(source);
      counts.read++;
    } catch (error) {
      const name = `file ${index} of ${container}, seed ${seed}`;
      if (!SemmaeError.isInstance(error)) throw new Error(`${name}: ${String(error)}`, { cause: error });
      if (!/^.{1,4000}$/.test(error.message))
        throw new Error(`${name}: a message that is no line: ${error.message.slice(0, 4000)}`);
      counts.refused++;
    }
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - start);
    counts.peakMegabytes = process.resourceUsage().maxRSS / 1024;
    if (counts.slowestMs > mostMs || counts.peakMegabytes > mostMegabytes) {
      throw new Error(`file ${index} of ${container}, seed ${seed}: ${JSON.stringify(counts)}`);
    }
  }
  return counts;
}

async function readAll(source: ByteSource): Promise<void> {
  const file = await readTensorFile(source);
  try {
    JSON.stringify(file.extras);
    for (const [name, { dtype, shape }] of file.entries) {
      const values = await file.read(name);
      const sound =
        Object.hasOwn(tensorTypes, dtype) && values.length * tensorTypes[dtype].bytes === byteLengthOf(dtype, shape);
      if (!sound) throw new Error(`${name} of ${dtype} [${shape}] has ${values.length} values`);
    }
  } finally {
    file.close();
  }
}
