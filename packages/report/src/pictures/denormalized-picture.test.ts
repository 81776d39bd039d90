import { describe, expect, it } from 'vitest';

import { testPicture } from '../__fixtures__/test-picture';
import { denormalizedPicture } from './denormalized-picture';
import { pixelPicture } from './pixel-picture';

const picture = testPicture(13, 29);

describe('pixelPicture and denormalizedPicture', () => {
  it('copies pixels', () => {
    const copy = pixelPicture(picture);
    expect(copy).toEqual(picture);
    copy.pixels[0] = 99;
    expect(picture.pixels[0]).toBe(0);
  });

  it('undoes normalization exactly', () => {
    const mean = [0.485, 0.456, 0.406] as const;
    const standardDeviation = [0.229, 0.224, 0.225] as const;
    const pixels = Float32Array.from(
      picture.pixels,
      (value, index) => (value / 255 - mean[index % 3]!) / standardDeviation[index % 3]!,
    );
    expect(denormalizedPicture({ height: 13, width: 29, pixels, mean, standardDeviation })).toEqual(picture);
  });

  it('names the value that is not finite', () => {
    const options = {
      height: 1,
      width: 1,
      pixels: Float32Array.of(0, Number.NaN, 0),
      mean: [0, 0, 0],
      standardDeviation: [1, 1, 1],
    } as const;
    expect(() => denormalizedPicture(options)).toThrow('pixels must be finite, got NaN; value 1 of 3 is not');
  });
});
