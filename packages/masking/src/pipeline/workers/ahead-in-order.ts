// Work that begins before it is asked for, and arrives in the order of its source.

import { ended, itemsInTurn } from './items-in-turn';

export interface AheadInOrderOptions<Item, Result> {
  source: AsyncIterable<Item> | Iterable<Item>;
  work(item: Item): Promise<Result>;
  /** Items that may be taken from the source before they are asked for. */
  ahead: number;
  /** Called once when an iteration that began ends: `isComplete` unless it was left early or failed. */
  release(isComplete: boolean): Promise<void>;
}

/**
 * The results of `work` for each item of `source`, in order. Items are taken ahead also while the caller is busy with the
 * last result. An error, of the source or of the work, arrives in its turn.
 *
 * `return()` takes nothing more, ends a `next()` that is still waiting, and ends the source; a source that is busy with an
 * item is not waited for. (A mere generator would let `return()` wait behind `next()`, perhaps forever.)
 */
export function aheadInOrder<Item, Result>(options: AheadInOrderOptions<Item, Result>): AsyncIterableIterator<Result> {
  let stop = () => {};
  /** What `result` becomes, unless the iteration is stopped before. */
  const unlessStopped = (result: Promise<Result | typeof ended>) =>
    new Promise<Result | typeof ended>((resolve, reject) => {
      stop = () => resolve(ended);
      result.then(resolve, reject);
    });
  const results = generate(options, unlessStopped);
  return {
    next: () => results.next(),
    return: () => {
      stop();
      return results.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* generate<Item, Result>(
  { source, work, ahead, release }: AheadInOrderOptions<Item, Result>,
  unlessStopped: (result: Promise<Result | typeof ended>) => Promise<Result | typeof ended>,
): AsyncGenerator<Result, undefined, undefined> {
  const items = itemsInTurn(source);
  const begin = (): Promise<Result | typeof ended> => {
    const result = items.take().then<Result | typeof ended>((item) => (item === ended ? ended : work(item)));
    result.catch(() => {}); // not unhandled: the caller gets the error in its turn
    return result;
  };
  const pending = Array.from({ length: ahead }, begin);
  let isComplete = false;
  try {
    for (;;) {
      const result = await unlessStopped(pending.shift()!);
      if (result === ended) {
        isComplete = items.areComplete();
        return;
      }
      pending.push(begin());
      yield result;
    }
  } finally {
    items.stop();
    await release(isComplete);
    await items.end();
  }
}
