import fc from 'fast-check';
import { expect, it } from 'vitest';

import { keyTable, packedKey } from './key-table';

it('numbers keys as a Map does, and gives them back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 7 }), { maxLength: 300 }), (keys) => {
      const table = keyTable();
      const map = new Map<string, number>();
      for (const key of keys) {
        if (!map.has(key)) map.set(key, map.size);
        expect(table.add(key)).toBe(map.get(key));
      }
      expect(table.size).toBe(map.size);
      const packed = table.pack();
      expect(Array.from(map.values(), (index) => packedKey(packed, index))).toEqual([...map.keys()]);
    }),
  );
});

it('holds a hundred thousand keys in 2 MB', () => {
  const table = keyTable();
  for (let index = 0; index < 100_000; index++) table.add(`image-${index}`);
  expect(table.size).toBe(100_000);
  expect(table.add('image-777')).toBe(777);
  const { bytes, ends } = table.pack();
  expect(bytes.byteLength + ends.byteLength).toBeLessThan(2e6);
});
