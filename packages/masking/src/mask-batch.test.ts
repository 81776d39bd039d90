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
      visible: Int32Array.of(1, 2, 0, 3),
      masked: Int32Array.of(0, 3, 1, 2),
      restore: Int32Array.of(2, 0, 1, 3, 0, 2, 3, 1), // first row: the worked example of MAE's noise .3 .1 .2 .4
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

  it('refuses no masks, and masks of unequal counts, with both counts', () => {
    expect(() => maskBatch([])).toThrow(/at least one mask/);
    const two = createPatchMask({ patchCount: 5, masked: [0, 1] });
    expect(() => maskBatch([two, createPatchMask({ patchCount: 5, masked: [0] })])).toThrow(
      /as the first \(2 of 5\), got 1 of 5 in image 1; /,
    );
    expect(() => maskBatch([two, createPatchMask({ patchCount: 7, masked: [0, 1] })])).toThrow(/got 2 of 7 in image 1/);
  });
});
