import { describe, expect, it } from 'vitest';

import { aheadInOrder } from './ahead-in-order';

const soon = (milliseconds = 1) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Counts what is taken of it, and whether it was ended. */
function countingSource(length: number) {
  const source = {
    taken: 0,
    isEnded: false,
    async *items() {
      try {
        for (let item = 0; item < length; item++) {
          source.taken++;
          yield item;
        }
      } finally {
        source.isEnded = true;
      }
    },
  };
  return source;
}

async function slowSquare(item: number): Promise<number> {
  await soon((item * 5) % 7);
  return item * item;
}

function run<Item, Result>(
  source: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  ahead: number,
  released: boolean[] = [],
) {
  const release = async (isComplete: boolean) => void released.push(isComplete);
  return aheadInOrder({ source, work, ahead, release });
}

describe('aheadInOrder', () => {
  it.each([1, 2, 7])('keeps the order with %i ahead, however long each item takes', async (ahead) => {
    const { items } = countingSource(11);
    const results: number[] = [];
    for await (const result of run(items(), slowSquare, ahead)) results.push(result);
    expect(results).toEqual(Array.from({ length: 11 }, (_, item) => item * item));
  });

  it('takes no more than it may, while the caller is busy too, and ends the source when left', async () => {
    const source = countingSource(100);
    const results = run(source.items(), async (item) => item, 3);
    await results.next();
    await soon(5);
    expect(source.taken).toBe(4); // the one that was handed out, and three ahead
    await results.return!();
    await soon(5);
    expect(source).toMatchObject({ taken: 4, isEnded: true });
  });

  it('runs over plain arrays, also when there are fewer items than it may take', async () => {
    const results: number[] = [];
    for await (const result of run([1, 2], async (item) => item, 5)) results.push(result);
    expect(results).toEqual([1, 2]);
  });

  it.each(['source', 'work'])('hands over what is before an error of the %s, then the error', async (culprit) => {
    async function* items() {
      yield* [0, 1];
      if (culprit === 'source') throw new Error('broken');
      yield 2;
    }
    const work = async (item: number) => {
      if (item === 2) throw new Error('broken');
      return item;
    };
    const results = run(items(), work, 4);
    expect([await results.next(), await results.next()].map(({ value }) => value)).toEqual([0, 1]);
    await expect(results.next()).rejects.toThrow('broken');
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('does not wait for a source that never answers', async () => {
    let calls = 0;
    const stuck = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          calls++ === 0 ? Promise.resolve({ done: false as const, value: 1 }) : new Promise<never>(() => {}),
      }),
    };
    const results = run(stuck, async (item) => item, 2);
    await results.next();
    expect(await results.return!()).toEqual({ done: true, value: undefined });
    expect(calls).toBe(2);
  });

  it('lets return() end a next() that waits for work without an end, and releases what it held once', async () => {
    const released: boolean[] = [];
    const results = run([1, 2, 3], () => new Promise<never>(() => {}), 2, released);
    const waiting = results.next();
    await soon();
    expect(await results.return!()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(released).toEqual([false]);
  });

  it('tells a complete iteration from one that was left', async () => {
    const released: boolean[] = [];
    for await (const _ of run([1, 2], slowSquare, 3, released));
    for await (const _ of run([1, 2], slowSquare, 3, released)) break;
    expect(released).toEqual([true, false]);
  });
});
