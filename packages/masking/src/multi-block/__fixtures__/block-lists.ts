// The flat lists of a batch as lists of lists, for tests.

import { expect } from 'vitest';

import type { MultiBlockBatch } from '../multi-block-masking';

/** [B][Kc] and [B][T][Kt] */
export function rowsOf({ batchSize, contextCount, context, targetBlocks, targetCount, targets }: MultiBlockBatch) {
  const slices = (list: Int32Array, length: number) =>
    Array.from({ length: list.length / length }, (_, index) => [
      ...list.subarray(index * length, (index + 1) * length),
    ]);
  const blocks = slices(targets, targetCount);
  return {
    contexts: slices(context, contextCount),
    targets: Array.from({ length: batchSize }, (_, image) =>
      blocks.slice(image * targetBlocks, (image + 1) * targetBlocks),
    ),
  };
}

/** Rows and columns of a block, which must hold every patch between its corners. */
export function sizeOf(block: readonly number[], columns: number): [number, number] {
  const rows = block.map((patch) => Math.floor(patch / columns));
  const places = block.map((patch) => patch % columns);
  const size: [number, number] = [
    Math.max(...rows) - Math.min(...rows) + 1,
    Math.max(...places) - Math.min(...places) + 1,
  ];
  expect(block).toHaveLength(size[0] * size[1]);
  return size;
}
