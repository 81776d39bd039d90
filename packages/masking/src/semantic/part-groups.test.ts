import { createRng } from '@semmae/core';
import { expect, it } from 'vitest';

import { partGroups } from './part-groups';

it('lists the patches of each part, image after image', () => {
  const groups = partGroups();
  const rng = createRng(1);
  for (const [length, ids] of [
    [31, [0, 7, 255]],
    [53, [3]],
    [17, [11, 2, 5, 13]],
  ] as const) {
    const parts = Uint8Array.from({ length }, () => ids[rng.integer(ids.length)]!);
    groups.group(parts);
    const present = [...new Set(parts)].sort((a, b) => a - b);
    expect([...groups.order.subarray(0, groups.partCount)]).toEqual(present);
    for (const part of present) {
      const start = groups.starts[part]!;
      const expected = [...parts.keys()].filter((patch) => parts[patch] === part);
      expect(groups.sizes[part]).toBe(expected.length);
      expect([...groups.patches.subarray(start, start + expected.length)]).toEqual(expected);
    }
  }
});
