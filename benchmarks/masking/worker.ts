// One process that samples masks of every case for a while and prints how many a second.
// node --expose-gc --max-semi-space-size=512: allocations are then seen whole, since nothing is collected meanwhile.

import { parseArgs } from 'node:util';

import { createPatchGrid, createRng, type MaskBatch, type MaskingContext, sampleBatch } from '@semmae/masking';

import { median } from '../engine/statistics';
import { batchSize, maskingCases, patchCounts } from './cases';

export interface MaskingReading {
  value: number;
  unit: string;
  version: string;
  /** Masks a second of processor time, by `CASE-N`, into the arrays of the last batch; other work on the machine does not lengthen it. */
  rates: Record<string, number>;
  /** Masks a second by the wall clock. */
  wallRates: Record<string, number>;
  /** As `rates`, with new arrays for every batch. */
  freshRates: Record<string, number>;
  /** Bytes allocated for each mask when the arrays of the last batch serve again. */
  bytesPerMask: Record<string, number>;
}

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '0.3' }, cases: { type: 'string' } } });
const seconds = Number(values.seconds);
const chosen = values.cases?.split(',');

const rates: Record<string, number> = {};
const wallRates: Record<string, number> = {};
const freshRates: Record<string, number> = {};
const bytesPerMask: Record<string, number> = {};
for (const patchCount of patchCounts) {
  const contexts = contextsOf(patchCount);
  for (const { name, create } of maskingCases) {
    if (chosen !== undefined && !chosen.includes(name)) continue;
    const strategy = create(patchCount);
    const rng = createRng(1);
    const sample = (reuse?: MaskBatch) => sampleBatch(strategy, contexts, rng, { padding: true, reuse });
    let batch = sample();
    for (let warmUp = 0; warmUp < 20; warmUp++) batch = sample(batch);

    const reused = timed(() => {
      batch = sample(batch);
    });
    rates[`${name}-${patchCount}`] = reused.rate;
    wallRates[`${name}-${patchCount}`] = reused.wallRate;
    freshRates[`${name}-${patchCount}`] = timed(() => sample()).rate;
    bytesPerMask[`${name}-${patchCount}`] = allocatedBy(() => {
      batch = sample(batch);
    });
  }
}
const reading: MaskingReading = {
  value: median(Object.values(rates)),
  unit: 'masks/s (median case)',
  version: `Node ${process.versions.node}`,
  rates,
  wallRates,
  freshRates,
  bytesPerMask,
};
console.log(JSON.stringify(reading));

/** Images with attention and seven parts of their own; progress is half of training. */
function contextsOf(patchCount: number): MaskingContext[] {
  const grid = createPatchGrid(Math.sqrt(patchCount), Math.sqrt(patchCount));
  const rng = createRng(patchCount);
  return Array.from({ length: batchSize }, () => ({
    grid,
    progress: 0.5,
    attention: Float32Array.from({ length: patchCount }, rng.uniform),
    parts: Uint8Array.from({ length: patchCount }, () => rng.integer(7)),
  }));
}

/** Masks a second: the median of many timings of a few batches each, since the processor's clock counts microseconds. */
function timed(sample: () => void): { rate: number; wallRate: number } {
  const times: number[] = [];
  const wallTimes: number[] = [];
  for (const end = performance.now() + 1000 * seconds; performance.now() < end || times.length < 5; ) {
    const [start, wallStart] = [processorSeconds(), performance.now()];
    for (let call = 0; call < 4; call++) sample();
    times.push((processorSeconds() - start) / 4);
    wallTimes.push((performance.now() - wallStart) / 4000);
  }
  return { rate: Math.round(batchSize / median(times)), wallRate: Math.round(batchSize / median(wallTimes)) };
}

/** Of the whole process: compiling and collecting garbage count. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Bytes a mask: the median of nine measurements of four batches each, since buffers are freed at times of their own. */
function allocatedBy(sample: () => void): number {
  const bytes = Array.from({ length: 9 }, () => {
    globalThis.gc?.();
    const before = usedBytes();
    for (let batch = 0; batch < 4; batch++) sample();
    return (usedBytes() - before) / (4 * batchSize);
  });
  return Math.round(median(bytes));
}

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
