import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { applyViewToPatches, applyViewToPixels } from './apply-view-to-map';
import { fullView, sampleView } from './view';

const size = { sourceHeight: 35, sourceWidth: 66 };
const grid = createPatchGrid(5, 11);
const map = Uint8Array.from({ length: 55 }, (_, patch) => patch);

describe('applyViewToPatches', () => {
  it('is the identity for the whole image on the same grid', () => {
    const view = fullView({ height: 35, width: 66 });
    expect(applyViewToPatches(map, view, { ...size, sourceGrid: grid, targetGrid: grid })).toEqual(map);
  });

  it('mirrors rows, and twice is the identity', () => {
    const view = { ...fullView({ height: 35, width: 66 }), flip: true };
    const options = { ...size, sourceGrid: grid, targetGrid: grid };
    const once = applyViewToPatches(map, view, options);
    expect([...once.subarray(0, 11)]).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(applyViewToPatches(once, view, options)).toEqual(map);
  });

  it('looks up what lies under each center of a crop', () => {
    // patches are 7 x 6 pixels; this crop is rows 1..2 and columns 2..4 exactly
    const view = { top: 7, left: 12, height: 14, width: 18, flip: false };
    const scores = Float32Array.from(map, (patch) => patch / 2);
    const crop = applyViewToPatches(scores, view, { ...size, sourceGrid: grid, targetGrid: createPatchGrid(2, 3) });
    expect(crop).toEqual(Float32Array.of(6.5, 7, 7.5, 12, 12.5, 13));
  });

  it('agrees with the same look-up at pixel resolution', () => {
    const rng = createRng(1);
    const pixels = Uint8Array.from(
      { length: 35 * 66 },
      (_, i) => Math.floor(Math.floor(i / 66) / 7) * 11 + Math.floor((i % 66) / 6),
    );
    for (let round = 0; round < 50; round++) {
      const view = sampleView(rng, size);
      const options = { ...size, sourceGrid: grid, targetGrid: createPatchGrid(13, 17) };
      expect(applyViewToPatches(map, view, options)).toEqual(
        applyViewToPixels(pixels, view, { ...size, height: 13, width: 17 }),
      );
    }
  });

  it('refuses a map of another grid', () => {
    const view = fullView({ height: 35, width: 66 });
    const options = { ...size, sourceGrid: createPatchGrid(5, 7), targetGrid: grid };
    expect(() => applyViewToPatches(map, view, options)).toThrow('applyViewToPatches: map must hold 35 values, got 55');
  });
});
