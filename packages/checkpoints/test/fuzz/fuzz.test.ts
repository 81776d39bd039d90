import { expect, it } from 'vitest';

import { fuzz } from './fuzz';
import { containers } from './samples';

it.each(containers)('damaged files are read for what they say or refused in one line: %s', async (container) => {
  const { read, refused } = await fuzz(container, { count: 250, seed: 13 });
  expect(read + refused).toBe(250);
  expect(Math.min(read, refused)).toBeGreaterThan(5); // the damage goes deep enough, and not always too deep
});
