import { createPatchGrid, SemmaeError } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { pixelAt, testPicture } from '../__fixtures__/test-picture';
import { attentionPicture } from './attention-picture';
import { mappedColor } from './color-map';

const grid = createPatchGrid(2, 3);
const size = { height: 10, width: 21, grid };

describe('attentionPicture', () => {
  it('draws the least attended patch darkest and the most attended brightest', () => {
    const picture = attentionPicture({ ...size, attention: [-3, 0, 1, 2, 4, 5], interpolation: 'nearest' });
    expect(pixelAt(picture, 0, 0)).toEqual([0, 0, 4]); // both ends of magma
    expect(pixelAt(picture, 9, 20)).toEqual([252, 253, 191]);
    expect(pixelAt(picture, 4, 6)).toEqual(pixelAt(picture, 0, 0));
    expect(pixelAt(picture, 0, 7)).toEqual([...mappedColor(3 / 8, 'magma')]);
  });

  it('draws a constant map in the middle color instead of dividing by zero', () => {
    const picture = attentionPicture({ ...size, attention: new Float32Array(6).fill(0.25) });
    for (let x = 0; x < 21; x++) expect(pixelAt(picture, 3, x)).toEqual([...mappedColor(0.5, 'magma')]);
  });

  it('clips to a given range, so that maps compare', () => {
    const attention = [0, 2, 0, 0, 0, -1];
    const picture = attentionPicture({ ...size, attention, interpolation: 'nearest', range: [0, 1] });
    expect(pixelAt(picture, 0, 7)).toEqual([...mappedColor(1, 'magma')]);
    expect(pixelAt(picture, 9, 20)).toEqual([...mappedColor(0, 'magma')]);
  });

  it('is the image at opacity 0', () => {
    const image = testPicture(10, 21);
    expect(attentionPicture({ ...size, attention: [1, 2, 3, 4, 5, 6], image, opacity: 0 })).toEqual(image);
  });

  it('refuses NaN, class tokens and upside-down ranges', () => {
    const broken = () => attentionPicture({ ...size, attention: [1, 2, Number.NaN, 4, 5, 6] });
    expect(broken).toThrow(SemmaeError);
    expect(broken).toThrow('attentionPicture: attention must be finite, got NaN; patch 2 is not');
    expect(() => attentionPicture({ ...size, attention: new Float32Array(7) })).toThrow(
      /must hold 6 values, got 7; leave out the class token/,
    );
    expect(() => attentionPicture({ ...size, attention: new Float32Array(6), range: [1, 0] })).toThrow(/\[low, high\]/);
  });
});
