import { createRng } from '@semmae/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { maskBatch } from './mask-batch';
import { createPatchMask } from './patch-mask';

describe('maskBatch', () => {
  it('stacks rows and inverts visible ++ masked', () => {
    const masks = [
      createPatchMask({ patchCount: 4, visible: [1, 2] }),
      createPatchMask({ patchCount: 4, visible: [0, 3] }),
    ];
    expect(maskBatch(masks)).toEqual({
      batchSize: 2,
      patchCount: 4,
      visibleCount: 2,
      maskedCount: 2,
      visibleCounts: Int32Array.of(2, 2),
      maskedCounts: Int32Array.of(2, 2),
      visible: Int32Array.of(1, 2, 0, 3),
      masked: Int32Array.of(0, 3, 1, 2),
      restore: Int32Array.of(2, 0, 1, 3, 0, 2, 3, 1), // first row: the worked example of MAE's noise .3 .1 .2 .4
      hidden: Uint8Array.of(1, 0, 0, 1, 0, 1, 1, 0),
    });
  });

  it('gathers tokens as direct indexing does, and puts them back', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 2, max: 53 }),
        (seed, batchSize, patchCount) => {
          const rng = createRng(seed);
          const visibleCount = 1 + rng.integer(patchCount - 1);
          const masks = Array.from({ length: batchSize }, () =>
            createPatchMask({ patchCount, visible: rng.permutation(patchCount).subarray(0, visibleCount) }),
          );
          const batch = maskBatch(masks);
          masks.forEach((mask, image) => {
            const tokens = Array.from({ length: patchCount }, (_, patch) => `token ${image} ${patch}`);
            const row = (values: Int32Array, length: number) => [
              ...values.subarray(image * length, (image + 1) * length),
            ];
            const encoded = row(batch.visible, visibleCount).map((patch) => tokens[patch]);
            const predicted = row(batch.masked, batch.maskedCount).map((patch) => tokens[patch]);
            expect(encoded).toEqual([...mask.visible].map((patch) => tokens[patch]));
            expect(row(batch.restore, patchCount).map((place) => [...encoded, ...predicted][place])).toEqual(tokens);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('pads unequal counts with the last patch of each row, and restores past the padding', () => {
    const masks = [
      createPatchMask({ patchCount: 5, visible: [1, 2] }),
      createPatchMask({ patchCount: 5, masked: [] }),
      createPatchMask({ patchCount: 5, visible: [] }),
    ];
    expect(maskBatch(masks, { padding: true })).toEqual({
      batchSize: 3,
      patchCount: 5,
      visibleCount: 5,
      maskedCount: 5,
      visibleCounts: Int32Array.of(2, 5, 0),
      maskedCounts: Int32Array.of(3, 0, 5),
      visible: Int32Array.of(1, 2, 2, 2, 2, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0),
      masked: Int32Array.of(0, 3, 4, 4, 4, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4),
      restore: Int32Array.of(5, 0, 1, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
      hidden: Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
    });
  });

  it('restores every token, leaks no hidden patch and repeats real ones only, whatever the counts', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 31 }),
        (seed, size, count) => {
          const rng = createRng(seed);
          const masks = Array.from({ length: size }, () =>
            createPatchMask({
              patchCount: count,
              visible: rng.permutation(count).subarray(0, 1 + rng.integer(count)),
            }),
          );
          const batch = maskBatch(masks, { padding: true });
          masks.forEach((mask, image) => {
            const row = (values: Int32Array | Uint8Array, length: number) => [
              ...values.subarray(image * length, (image + 1) * length),
            ];
            const visible = row(batch.visible, batch.visibleCount);
            const masked = row(batch.masked, batch.maskedCount);
            expect(visible.slice(0, batch.visibleCounts[image])).toEqual([...mask.visible]);
            expect(masked.slice(0, batch.maskedCounts[image])).toEqual([...mask.masked]);
            expect(new Set(visible)).toEqual(new Set(mask.visible));
            if (mask.masked.length > 0) expect(new Set(masked)).toEqual(new Set(mask.masked));
            const patches = Array.from({ length: count }, (_, patch) => patch);
            expect(row(batch.restore, count).map((place) => [...visible, ...masked][place])).toEqual(patches);
            expect(row(batch.hidden, count)).toEqual(patches.map((patch) => (mask.masked.includes(patch) ? 1 : 0)));
          });
        },
      ),
    );
  });

  it('refuses no masks, and masks of unequal counts, with both counts', () => {
    expect(() => maskBatch([])).toThrow(/at least one mask/);
    const two = createPatchMask({ patchCount: 5, masked: [0, 1] });
    expect(() => maskBatch([two, createPatchMask({ patchCount: 5, masked: [0] })])).toThrow(
      /as the first \(2 of 5\), got 1 of 5 in image 1; /,
    );
    expect(() => maskBatch([two, createPatchMask({ patchCount: 7, masked: [0, 1] })])).toThrow(/got 2 of 7 in image 1/);
  });
});
