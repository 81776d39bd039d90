import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { imageOrder } from './image-order';

const length = 211;
const shardStarts = [0, 47, 60, 131, 190];
const rng = createRng(7);
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe('imageOrder', () => {
  it.each([['uniform' as const], [{ shuffleBuffer: 13 }], [{ shuffleBuffer: 1000 }]])(
    'visits every image once, by %o, as a function of epoch alone',
    (order) => {
      const first = imageOrder(rng, 2, { length, order, shardStarts });
      rng.uniform();
      expect(imageOrder(rng, 2, { length, order, shardStarts })).toEqual(first);
      expect(imageOrder(rng, 3, { length, order, shardStarts })).not.toEqual(first);
      expect(sorted(first)).toEqual(Array.from({ length }, (_, index) => index));
    },
  );

  it.each([['uniform' as const], [{ shuffleBuffer: 13 }]])(
    'gives each rank as many images, by %o, none twice',
    (order) => {
      const ranks = [0, 1, 2].map((rank) => imageOrder(rng, 1, { length, order, shardStarts, rank, ranks: 3 }));
      expect(ranks.map((images) => images.length)).toEqual([70, 70, 70]);
      expect(new Set(ranks.flatMap((images) => [...images])).size).toBe(210);
    },
  );

  it('reads few shards at a time through a buffer', () => {
    const order = imageOrder(rng, 0, { length, order: { shuffleBuffer: 13 }, shardStarts });
    const shardOf = (index: number) => shardStarts.findLastIndex((start) => start <= index);
    const begins = new Map<number, number>();
    order.forEach((index, place) => {
      if (!begins.has(shardOf(index))) begins.set(shardOf(index), place);
    });
    // an image leaves at most 12 places before it came, and what came before fills the places until then
    const sizes = new Map(shardStarts.map((start, shard) => [shard, (shardStarts[shard + 1] ?? length) - start]));
    let before = 0;
    for (const [shard, place] of [...begins].sort((a, b) => a[1] - b[1])) {
      expect(place).toBeGreaterThanOrEqual(before - 12);
      before += sizes.get(shard)!;
    }
  });

  it('refuses a rank beyond the ranks and an empty buffer', () => {
    expect(() => imageOrder(rng, 0, { length, rank: 2, ranks: 2 })).toThrow(
      'imageOrder: rank must be between 0 and 1, got 2',
    );
    expect(() => imageOrder(rng, 0, { length, order: { shuffleBuffer: 0 } })).toThrow(
      'imageOrder: shuffleBuffer must be',
    );
  });
});
