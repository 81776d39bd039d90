// Where contexts lie, on average: flat but for the targets, or tilted as published.

import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { rowsOf } from './__fixtures__/block-lists';
import { multiBlockMasking } from './multi-block-masking';
import type { MultiBlockMaskingOptions } from './multi-block-options';

const square = createPatchGrid(14, 14);

describe('contexts of multiBlockMasking', () => {
  /** [rows] share of images whose context holds a patch of the row, averaged over the row. */
  function contextRows(options: MultiBlockMaskingOptions, batchSize: number, batches: number): number[] {
    const strategy = multiBlockMasking(options);
    const rng = createRng(7);
    const counts = new Float64Array(14);
    for (let batch = 0; batch < batches; batch++) {
      for (const patch of strategy.sampleBlocks({ grid: square, batchSize }, rng).context)
        counts[Math.floor(patch / 14)]! += 1;
    }
    return [...counts].map((count) => count / (14 * batchSize * batches));
  }

  it('cuts a full-size context evenly over the rows, where published cutting takes the lower ones', () => {
    // Targets as high as the image touch all rows alike, so what is left to differ is the cut.
    const tall = { targetScale: [0.2, 0.3], targetAspect: [5, 7], contextScale: [1, 1], targetBlocks: 3 } as const;
    const [batchSize, batches] = [32, 60];
    const rows = contextRows(tall, batchSize, batches);
    const mean = rows.reduce((sum, share) => sum + share, 0) / 14;
    // A row's count is a sum of subsets drawn without replacement: its deviation is below that of independent patches.
    const deviation = Math.sqrt((mean * (1 - mean)) / (14 * batchSize * batches));
    for (const share of rows) expect(Math.abs(share - mean)).toBeLessThan(3 * deviation);
    const published = contextRows({ ...tall, faithful: true }, batchSize, batches);
    expect(published[0]! - published[12]!).toBeGreaterThan(0.2);
    expect(published[13]).toBe(0);
  });

  it('keeps each patch of a context equally often, whatever its row', () => {
    const strategy = multiBlockMasking({ contextScale: [1, 1] });
    const rng = createRng(8);
    const [kept, expected, variance] = [new Float64Array(14), new Float64Array(14), new Float64Array(14)];
    for (let batch = 0; batch < 60; batch++) {
      const { contexts, targets } = rowsOf(strategy.sampleBlocks({ grid: square, batchSize: 32 }, rng));
      contexts.forEach((context, image) => {
        const inTargets = new Set(targets[image]!.flat());
        const ofRow = Float64Array.from({ length: 14 }, (_, row) => {
          return Array.from({ length: 14 }, (_, column) => row * 14 + column).filter((patch) => !inTargets.has(patch))
            .length;
        });
        const all = 196 - inTargets.size;
        for (const patch of context) kept[Math.floor(patch / 14)]! += 1;
        ofRow.forEach((count, row) => {
          const share = count / all; // hypergeometric: `context.length` drawn of `all`, `count` of them in the row
          expected[row]! += context.length * share;
          variance[row]! += (context.length * share * (1 - share) * (all - context.length)) / Math.max(1, all - 1);
        });
      });
    }
    kept.forEach((count, row) => {
      expect(Math.abs(count - expected[row]!)).toBeLessThan(3 * Math.sqrt(variance[row]!));
    });
  });

  it('has the published bias when faithful', () => {
    // Measured with an independent implementation at B = 128: 0.76 in row 0, 0.02 in row 12; means to 1 patch.
    const rows = contextRows({ faithful: true }, 128, 60);
    expect(Math.abs(rows[0]! - 0.76)).toBeLessThan(0.03);
    expect(Math.abs(rows[12]! - 0.02)).toBeLessThan(0.02);
    expect(rows[13]).toBe(0);
    const meanLength = (batchSize: number, batches: number) =>
      contextRows({ faithful: true }, batchSize, batches).reduce((sum, share) => sum + share * 14, 0);
    // One length per batch, of deviation 13.7, 7.8 and 7.3: bounds are 5 standard errors here, and one patch for those
    // of the measured means, whose number of batches is not known.
    expect(Math.abs(meanLength(1, 4000) - 81.6)).toBeLessThan(1.1 + 1);
    expect(Math.abs(meanLength(32, 600) - 56.9)).toBeLessThan(1.6 + 1);
    expect(Math.abs(meanLength(128, 300) - 51.8)).toBeLessThan(2.1 + 1);
  });
});
