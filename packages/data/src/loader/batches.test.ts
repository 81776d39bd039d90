import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { batches } from './batches';
import { epochOrder } from './epoch-order';

describe('batches', () => {
  it('visits every image once an epoch, whatever was drawn before', () => {
    const rng = createRng(1);
    const first = [...batches({ length: 23, batchSize: 5, rng, epoch: 3 })].map((batch) => [...batch]);
    rng.uniform();
    const again = [...batches({ length: { length: 23 }, batchSize: 5, rng, epoch: 3 })].map((batch) => [...batch]);
    expect(again).toEqual(first);
    expect(first.map(({ length }) => length)).toEqual([5, 5, 5, 5, 3]);
    expect(first.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, index) => index));
  });

  it('orders every epoch and every seed differently', () => {
    const orders = [1, 2].flatMap((seed) => [0, 1, 2].map((epoch) => epochOrder(createRng(seed), epoch, 101).join()));
    expect(new Set(orders).size).toBe(6);
  });

  it('goes on in the middle of an epoch as if it had never stopped', () => {
    const options = { length: 29, batchSize: 4, rng: createRng(2), epoch: 1 };
    expect([...batches({ ...options, skip: 3 })]).toEqual([...batches(options)].slice(3));
  });

  it('drops a last batch that is not full on request, and keeps the order unshuffled', () => {
    const kept = [...batches({ length: 7, batchSize: 3, shuffle: false, dropLast: true })];
    expect(kept).toEqual([Int32Array.of(0, 1, 2), Int32Array.of(3, 4, 5)]);
  });

  it('refuses to drop all that there is', () => {
    expect(() => [...batches({ length: 2, batchSize: 3, shuffle: false, dropLast: true })]).toThrow(
      'batches: batchSize must be at most the 2 images where a last batch that is not full is dropped, got 3',
    );
  });

  it('needs an rng to shuffle', () => {
    expect(() => [...batches({ length: 7, batchSize: 3 })]).toThrow('batches: shuffling needs an rng');
  });
});
