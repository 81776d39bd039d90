import { describe, expect, it } from 'vitest';

import { pixelAt, testPicture } from '../__fixtures__/test-picture';
import { maskColor } from './mask-picture';
import { softMaskPicture } from './soft-mask-picture';

describe('softMaskPicture', () => {
  it('blends every pixel into gray by its own share', () => {
    const image = testPicture(3, 5);
    const mask = Float32Array.from({ length: 15 }, (_, pixel) => pixel / 14);
    const picture = softMaskPicture({ image, mask });
    expect(pixelAt(picture, 0, 0)).toEqual(pixelAt(image, 0, 0));
    expect(pixelAt(picture, 2, 4)).toEqual([...maskColor]);
    const between = pixelAt(image, 1, 2).map((value, channel) => Math.round((value + maskColor[channel]!) / 2));
    expect(pixelAt(picture, 1, 2)).toEqual(between); // share 7 / 14
    expect(() => softMaskPicture({ image, mask: mask.subarray(1) })).toThrow('mask must hold 15 values, got 14');
  });
});
