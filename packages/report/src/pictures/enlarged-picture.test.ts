import { describe, expect, it } from 'vitest';

import { enlargedPicture } from './enlarged-picture';

describe('enlargedPicture', () => {
  it('turns each pixel into a square', () => {
    const small = { height: 1, width: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
    expect(enlargedPicture(small, 2)).toEqual({ height: 2, width: 4, pixels: Uint8Array.from([...row, ...row]) });
    expect(() => enlargedPicture(small, 1.5)).toThrow(/factor must be an integer of at least 1, got 1.5/);
  });
});
