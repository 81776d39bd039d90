import { expect, it } from 'vitest';

import { fuzz } from '../../../../scripts/fuzz/fuzz';
import { subjects } from './subjects';

it.each(Object.keys(subjects))('damaged files are read for what they say or refused in one line: %s', async (name) => {
  const { read, refused } = await fuzz(await subjects[name]!(), { name, count: 250, seed: 13 });
  expect(read + refused).toBe(250);
  expect(Math.min(read, refused)).toBeGreaterThan(5); // the damage goes deep enough, and not always too deep
});
