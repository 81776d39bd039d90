import { createPatchGrid } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { decoderPreset } from './decoder-preset';
import { upStagesFor } from './up-stages';

describe('upStagesFor', () => {
  it('counts doublings', () => {
    expect(upStagesFor(createPatchGrid(28, 28), { height: 224, width: 224 })).toBe(3);
    expect(upStagesFor(createPatchGrid(7, 5), { height: 7, width: 5 })).toBe(0);
  });

  it('refuses other ratios and says which size would do', () => {
    expect(() => upStagesFor(createPatchGrid(28, 28), { height: 240, width: 240 })).toThrow(
      'resize the target images to 224x224',
    );
    expect(() => upStagesFor(createPatchGrid(7, 5), { height: 14, width: 20 })).toThrow('got 14x20');
  });
});

describe('decoderPreset', () => {
  it('halves the channels with every doubling', () => {
    expect(decoderPreset('base', 3)).toEqual([256, 128, 64, 32]);
    expect(decoderPreset('tiny', 1)).toEqual([64, 32]);
  });
});
