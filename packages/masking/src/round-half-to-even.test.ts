import { expect, it } from 'vitest';

import { roundHalfToEven } from './round-half-to-even';

it('rounds halves to the even neighbor and everything else to the nearest, as Python does', () => {
  const values = [0.5, 1.5, 2.5, 3.5, -0.5, -1.5, 0.49, 2.51, 7];
  expect(values.map((value) => roundHalfToEven(value) + 0)).toEqual([0, 2, 2, 4, 0, -2, 0, 3, 7]);
});
