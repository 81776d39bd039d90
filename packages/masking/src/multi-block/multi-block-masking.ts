// I-JEPA: blocks of each image to predict, and one larger block without them that the encoder sees.

import { assertInteger, type PatchGrid, type Rng, SemmaeError } from '@semmae/core';

import { CountFixer } from '../fix-count';
import type { BatchMaskingStrategy } from '../masking-strategy';
import { strategyFromHideBatch } from '../strategy-from-hide';
import { type BlockSize, drawBlockSize } from './block-size';
import { type MultiBlockMaskingOptions, multiBlockSettings } from './multi-block-options';
import { placeBlocks } from './place-blocks';

/** Contexts and targets of B images as flat row-major index lists, of equal lengths within the batch. */
export interface MultiBlockBatch {
  readonly batchSize: number;
  /** N */
  readonly patchCount: number;
  /** Patches of each context. */
  readonly contextCount: number;
  /** Targets of each image. */
  readonly targetBlocks: number;
  /** Patches of each target: rows x columns of this batch's. */
  readonly targetCount: number;
  /** [B, contextCount] patches the context encoder sees, ascending in each row. */
  readonly context: Int32Array;
  /** [B, targetBlocks, targetCount] patches of each target, ascending in each; targets of an image may overlap. */
  readonly targets: Int32Array;
}

/** As a batch strategy it gives the masks of the context encoder: the context is visible, all else is masked. */
export interface MultiBlockMasking extends BatchMaskingStrategy {
  /** Contexts and targets of one batch. Their lengths differ from batch to batch. */
  sampleBlocks(request: { grid: PatchGrid; batchSize: number }, rng: Rng): MultiBlockBatch;
}

/**
 * Target blocks and a context block for every image of a batch. Block sizes are drawn for the batch, places for each
 * image. Contexts lose a random subset of their patches to be as short as the shortest of the batch.
 *
 * Sampling throws where a block cannot hold more than `minimumKept` patches, or where targets leave no such context.
 *
 * Reference: Assran et al., "Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture", §3,
 * https://arxiv.org/abs/2301.08243
 */
export function multiBlockMasking(options: MultiBlockMaskingOptions = {}): MultiBlockMasking {
  const settings = multiBlockSettings(options);
  const { targetBlocks, faithful } = settings;
  const targetShape = { scale: settings.targetScale, aspect: settings.targetAspect, faithful };
  const contextShape = { scale: settings.contextScale, aspect: [1, 1], faithful } as const;
  const fixer = new CountFixer();
  let inContext = new Uint8Array(0); // [B, N] scratch
  let forbidden = new Uint8Array(0); // [N] scratch

  function sampleBlocks({ grid, batchSize }: { grid: PatchGrid; batchSize: number }, rng: Rng): MultiBlockBatch {
    assertInteger('multiBlockMasking', 'batchSize', batchSize);
    const { patchCount } = grid;
    const target = drawBlockSize(grid, targetShape, rng);
    const context = drawBlockSize(grid, contextShape, rng);
    assertHolds('target', target, settings.minimumKept, grid);
    assertHolds('context', context, settings.minimumKept, grid);
    if (inContext.length !== batchSize * patchCount) inContext = new Uint8Array(batchSize * patchCount);
    if (forbidden.length !== patchCount) forbidden = new Uint8Array(patchCount);

    const targetCount = target.rows * target.columns;
    const targets = new Int32Array(batchSize * targetBlocks * targetCount);
    const sheet = { grid, target, context, settings, targets, inContext, forbidden };
    let contextCount = patchCount;
    for (let image = 0; image < batchSize; image++) {
      contextCount = Math.min(contextCount, placeBlocks(sheet, image, rng));
    }
    const lists = new Int32Array(batchSize * contextCount);
    for (let image = 0, at = 0; image < batchSize; image++) {
      const marks = inContext.subarray(image * patchCount, (image + 1) * patchCount);
      if (!faithful) fixer.fix(marks, contextCount, rng); // as published, a context keeps its first patches
      for (let patch = 0, end = at + contextCount; at < end; patch++) if (marks[patch] === 1) lists[at++] = patch;
    }
    return { batchSize, patchCount, contextCount, targetBlocks, targetCount, context: lists, targets };
  }

  const strategy = strategyFromHideBatch({
    name: 'multi-block',
    guidance: 'none',
    hideBatch(contexts, hidden, rng) {
      const { grid } = contexts[0]!;
      const { batchSize, patchCount, contextCount, context } = sampleBlocks({ grid, batchSize: contexts.length }, rng);
      hidden.fill(1);
      for (let image = 0, at = 0; image < batchSize; image++) {
        const start = image * patchCount;
        for (const end = at + contextCount; at < end; at++) hidden[start + context[at]!] = 0;
      }
    },
  });
  return { ...strategy, sampleBlocks };
}

function assertHolds(
  name: 'target' | 'context',
  { rows, columns }: BlockSize,
  minimumKept: number,
  grid: PatchGrid,
): void {
  if (rows * columns > minimumKept) return;
  throw new SemmaeError({
    where: 'multiBlockMasking',
    requirement: `a ${name} block must hold more than ${minimumKept} patches`,
    got: `${rows}x${columns} on a grid of ${grid.rows}x${grid.columns}`,
    remedy: `raise ${name}Scale, lower minimumKept, or use smaller patches`,
  });
}
