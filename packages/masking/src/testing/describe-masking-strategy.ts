// What every masking strategy must do, as a vitest suite that implementations outside this repository can run too.

import { createRng, type PatchGrid, type Rng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { maskBatch } from '../mask-batch';
import type { MaskingContext, MaskingStrategy } from '../masking-strategy';
import type { PatchMask } from '../patch-mask';
import { visibleCount } from '../visible-count';
import { ascending, bandedContext, contractGrids } from './contract-images';

export interface MaskingContractOptions {
  /** Title of the suite. Default: the strategy's name. */
  title?: string | undefined;
  /** The count the strategy declares. Default: N - `visibleCount(N, 0.75)`. */
  maskedCount?: ((grid: PatchGrid) => number) | undefined;
  /** True where images may hide fewer patches than `maskedCount`, which is then the most. Default false. */
  variableCount?: boolean | undefined;
  /** True for strategies that draw nothing: different seeds may then give equal masks. Default false. */
  deterministic?: boolean | undefined;
  /** Grids to sample on. Default: square, non-square, prime and one-row grids. */
  grids?: readonly PatchGrid[] | undefined;
  /** Makes the context of one image. Default: random attention and 5 parts in horizontal bands. */
  createContext?: ((grid: PatchGrid, rng: Rng) => MaskingContext) | undefined;
}

/** Describes the contract of the strategy that `create` returns; call it at the top level of a test file. */
export function describeMaskingStrategy(
  create: () => MaskingStrategy,
  {
    title = create().name,
    maskedCount = ({ patchCount }) => patchCount - visibleCount(patchCount, 0.75),
    variableCount = false,
    deterministic = false,
    grids = contractGrids,
    createContext = bandedContext,
  }: MaskingContractOptions = {},
): void {
  describe(`masking strategy: ${title}`, () => {
    describe.each(grids.map((grid) => ({ grid, size: `${grid.rows} x ${grid.columns}` })))(
      'on $size patches',
      ({ grid }) => {
        const context = createContext(grid, createRng(101));
        const sampleMany = (seed: number, count: number): PatchMask[] => {
          const strategy = create();
          const rng = createRng(seed);
          return Array.from({ length: count }, () => strategy.sample(context, rng));
        };

        it('splits the patches into ascending, disjoint, complete lists', () => {
          for (const { patchCount, visible, masked } of sampleMany(1, 20)) {
            expect(patchCount).toBe(grid.patchCount);
            expect([...visible]).toEqual([...visible].sort(ascending));
            expect([...masked]).toEqual([...masked].sort(ascending));
            expect([...visible, ...masked].sort(ascending)).toEqual(
              Array.from({ length: patchCount }, (_, patch) => patch),
            );
          }
        });

        it(`masks ${variableCount ? 'at most' : 'exactly'} the declared count`, () => {
          for (const { masked } of sampleMany(2, 50)) {
            if (variableCount) expect(masked.length).toBeLessThanOrEqual(maskedCount(grid));
            else expect(masked.length).toBe(maskedCount(grid));
          }
        });

        it('gives the same masks for the same seed', () => {
          expect(sampleMany(3, 5)).toEqual(sampleMany(3, 5));
        });

        it.skipIf(deterministic)('gives different masks along a stream and for different seeds', () => {
          expect(distinctMasks(sampleMany(4, 20))).toBeGreaterThan(1);
          expect(sampleMany(5, 20)).not.toEqual(sampleMany(6, 20));
        });

        it('leaves its context as it was', () => {
          const before = copyContext(context);
          sampleMany(7, 5);
          expect(context).toEqual(before);
        });

        it.skipIf(create().hide === undefined)('hides in place what sample lists, whatever stood there before', () => {
          const strategy = create();
          const rng = createRng(10);
          for (const { masked } of sampleMany(10, 10)) {
            const hidden = new Uint8Array(grid.patchCount).fill(255);
            strategy.hide!(context, hidden, rng);
            expect(hidden.every((value) => value <= 1)).toBe(true);
            expect([...hidden.keys()].filter((patch) => hidden[patch] === 1)).toEqual([...masked]);
          }
        });

        it('stacks into a batch whose restore order undoes visible ++ masked', () => {
          const masks = sampleMany(8, 3);
          const batch = maskBatch(masks, { padding: variableCount });
          masks.forEach((mask, image) => {
            const row = (values: Int32Array, length: number) => values.subarray(image * length, (image + 1) * length);
            const visible = row(batch.visible, batch.visibleCount);
            const masked = row(batch.masked, batch.maskedCount);
            expect(visible.subarray(0, batch.visibleCounts[image])).toEqual(mask.visible);
            expect(masked.subarray(0, batch.maskedCounts[image])).toEqual(mask.masked);
            const order = [...visible, ...masked];
            row(batch.restore, grid.patchCount).forEach((place, patch) => {
              expect(order[place]).toBe(patch);
            });
          });
        });

        const { guidance } = create();
        it.skipIf(guidance === 'none')('throws without its guidance, naming it', () => {
          const { attention, parts, ...unguided } = context;
          const otherGuidance = guidance === 'attention' ? { parts } : { attention };
          expect(() => create().sample({ ...unguided, ...otherGuidance }, createRng(9))).toThrow(guidance);
        });
      },
    );
  });
}

function copyContext(context: MaskingContext): MaskingContext {
  return {
    ...context,
    grid: { ...context.grid },
    attention: context.attention?.slice(),
    parts: context.parts?.slice(),
  };
}

function distinctMasks(masks: readonly PatchMask[]): number {
  return new Set(masks.map(({ masked }) => masked.join(' '))).size;
}
