// Encoders, baselines and learned parts over seeds, all scored on the same held-out images.

import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { takeLock } from '@semmae/core/files';
import { assertUnseen, type EncoderModel, Interrupted, loadEncoder, pretrain } from '@semmae/pipeline';

import { type Cell, computeCell, readCell } from './cell';
import type { PlannedCell } from './plan';
import { seedBench } from './seed-bench';
import type { StudyContext } from './study-context';

const waitInMs = 5000;

/**
 * Computes the cells that are not there yet. Several processes may work on one folder: each takes what no other is at, and waits
 * for the last cells of the others. `onCell` after each.
 */
export async function runStudy(
  context: StudyContext,
  plan: readonly PlannedCell[],
  onCell: (cells: Cell[]) => void,
): Promise<Cell[]> {
  const { out, seeds } = context.options;
  const finished = () => plan.map((cell) => readCell(out, cell)).filter((cell) => cell !== undefined);
  for (;;) {
    for (let seed = 0; seed < seeds; seed++) {
      const missing = plan.filter((cell) => cell.seed === seed && readCell(out, cell) === undefined);
      if (missing.length === 0) continue;
      const encoder = await encoderOf(context, seed);
      if (encoder === undefined) continue;
      const bench = seedBench(context, encoder, seed);
      for (const cell of missing) {
        if (await computeCell(out, cell, () => bench.compute(cell))) onCell(finished());
      }
      bench.dispose();
    }
    const cells = finished();
    if (cells.length === plan.length) return cells;
    await setTimeout(waitInMs, undefined, { signal: context.stage.signal }).catch(() => {
      throw new Interrupted();
    });
  }
}

/** The given encoder, or that of the seed, trained if it is not there; undefined while another process trains it. */
async function encoderOf(
  { options, train, heldOut, stage }: StudyContext,
  seed: number,
): Promise<EncoderModel | undefined> {
  if (options.encoder !== undefined) {
    const encoder = await loadEncoder(options.encoder);
    assertUnseen('--encoder', 'encoder', encoder.provenance, heldOut);
    return encoder;
  }
  const { out, recipe, encoderSteps: steps } = options;
  const folder = join(out, `encoder-${seed}`);
  const lock = takeLock(`${folder}.lock`);
  if (lock === undefined) return undefined;
  try {
    return await pretrain({ ...stage, data: train, recipe, steps, seed, out: folder });
  } finally {
    lock.release();
  }
}
