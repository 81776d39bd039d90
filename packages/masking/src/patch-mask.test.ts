import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createPatchMask } from './patch-mask';

describe('createPatchMask', () => {
  it('sorts the listed patches and completes them with the others', () => {
    const mask = { patchCount: 5, visible: Int32Array.of(0, 3), masked: Int32Array.of(1, 2, 4) };
    expect(createPatchMask({ patchCount: 5, visible: [3, 0] })).toEqual(mask);
    expect(createPatchMask({ patchCount: 5, masked: [4, 1, 2] })).toEqual(mask);
  });

  it('agrees with filtering the indices one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 97 }), (isMasked) => {
        const patches = isMasked.map((_, patch) => patch);
        const masked = patches.filter((patch) => isMasked[patch]);
        const visible = patches.filter((patch) => !isMasked[patch]);
        const expected = {
          patchCount: isMasked.length,
          visible: Int32Array.from(visible),
          masked: Int32Array.from(masked),
        };
        expect(createPatchMask({ patchCount: isMasked.length, masked: masked.reverse() })).toEqual(expected);
        expect(createPatchMask({ patchCount: isMasked.length, visible: visible.reverse() })).toEqual(expected);
      }),
    );
  });

  it.each([
    [[5], /visible must hold patch indices from 0 to 4, got 5; .*class token/],
    [[-1], /got -1/],
    [[0.5], /got 0.5/],
    [[Number.NaN], /got NaN/],
    [[2, 2], /each patch once, got patch 2 twice/],
  ])('refuses %o', (visible, message) => {
    expect(() => createPatchMask({ patchCount: 5, visible })).toThrow(message);
  });
});
