// What every strategy that decides for a whole batch must do, as a vitest suite that implementations elsewhere can run too.

import { createRng, type PatchGrid, type Rng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import type { BatchMaskingStrategy, MaskingContext } from '../masking-strategy';
import type { PatchMask } from '../patch-mask';
import { ascending, bandedContext, contractGrids } from './contract-images';

export interface BatchMaskingContractOptions {
  /** Title of the suite. Default: the strategy's name. */
  title?: string | undefined;
  /** Throws (with `expect`) unless the masked counts of one batch, image by image, may be. Default: from 0 to N each. */
  expectCounts?: ((counts: readonly number[], grid: PatchGrid) => void) | undefined;
  /** Images of a batch. Default 5. */
  batchSize?: number | undefined;
  /** True for strategies that draw nothing: different seeds may then give equal masks. Default false. */
  deterministic?: boolean | undefined;
  /** Grids to sample on. Default: square, non-square, prime and one-row grids. */
  grids?: readonly PatchGrid[] | undefined;
  /** Makes the context of one image. Default: random attention and 5 parts in horizontal bands, at half of training. */
  createContext?: ((grid: PatchGrid, rng: Rng) => MaskingContext) | undefined;
}

/** Describes the contract of the strategy that `create` returns; call it at the top level of a test file. */
export function describeBatchMaskingStrategy(
  create: () => BatchMaskingStrategy,
  {
    title = create().name,
    expectCounts = () => {},
    batchSize = 5,
    deterministic = false,
    grids = contractGrids,
    createContext = bandedContext,
  }: BatchMaskingContractOptions = {},
): void {
  describe(`batch masking strategy: ${title}`, () => {
    describe.each(grids.map((grid) => ({ grid, size: `${grid.rows} x ${grid.columns}` })))(
      'on $size patches',
      ({ grid }) => {
        const rngOfContexts = createRng(101);
        const contexts = Array.from({ length: batchSize }, () => createContext(grid, rngOfContexts));
        const sampleMany = (seed: number, count: number): PatchMask[][] => {
          const strategy = create();
          const rng = createRng(seed);
          return Array.from({ length: count }, () => strategy.sampleBatch(contexts, rng));
        };

        it('gives each context one mask of ascending, disjoint, complete lists', () => {
          const everyPatch = Array.from({ length: grid.patchCount }, (_, patch) => patch);
          for (const masks of sampleMany(1, 10)) {
            expect(masks).toHaveLength(batchSize);
            for (const { patchCount, visible, masked } of masks) {
              expect(patchCount).toBe(grid.patchCount);
              expect([...visible]).toEqual([...visible].sort(ascending));
              expect([...masked]).toEqual([...masked].sort(ascending));
              expect([...visible, ...masked].sort(ascending)).toEqual(everyPatch);
            }
          }
        });

        it('masks counts that it declares', () => {
          for (const masks of sampleMany(2, 50)) {
            expectCounts(
              masks.map(({ masked }) => masked.length),
              grid,
            );
          }
        });

        it('gives the same masks for the same seed, whatever was sampled before', () => {
          expect(sampleMany(3, 5)).toEqual(sampleMany(3, 5));
          const strategy = create();
          strategy.sampleBatch(contexts, createRng(9));
          expect(strategy.sampleBatch(contexts, createRng(3))).toEqual(sampleMany(3, 1)[0]);
        });

        it.skipIf(deterministic)('gives different masks along a stream and for different seeds', () => {
          const many = sampleMany(4, 20);
          expect(
            new Set(many.map((masks) => masks.map(({ masked }) => masked.join(' ')).join('|'))).size,
          ).toBeGreaterThan(1);
          expect(sampleMany(5, 20)).not.toEqual(sampleMany(6, 20));
        });

        it('leaves contexts and earlier masks as they were', () => {
          const before = structuredClone(contexts);
          const strategy = create();
          const rng = createRng(7);
          const first = strategy.sampleBatch(contexts, rng);
          const copy = structuredClone(first);
          strategy.sampleBatch(contexts, rng);
          expect(first).toEqual(copy);
          expect(contexts).toEqual(before);
        });

        it('gives no masks for no contexts', () => {
          expect(create().sampleBatch([], createRng(8))).toEqual([]);
        });

        const { guidance } = create();
        it.skipIf(guidance === 'none')('throws without its guidance, naming it', () => {
          const unguided = contexts.map((context) => ({ ...context, [guidance]: undefined }));
          const seeds = Array.from({ length: 20 }, (_, seed) => seed); // batches of which nothing is masked, too
          for (const seed of seeds) expect(() => create().sampleBatch(unguided, createRng(seed))).toThrow(guidance);
        });
      },
    );
  });
}
