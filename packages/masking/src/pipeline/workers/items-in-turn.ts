// Asks a source for one item at a time, although callers may ask before the last one has come.

/** Returned in place of an item after the last. */
export const ended: unique symbol = Symbol('ended');

export interface ItemsInTurn<Item> {
  /** The next item. May be called before the one before has come. */
  take(): Promise<Item | typeof ended>;
  /** Whether the source has ended of itself. */
  areComplete(): boolean;
  /** From now on nothing is taken. */
  stop(): void;
  /** Ends the source if it has not ended; one that is busy with an item is ended after it, and not waited for. */
  end(): Promise<void>;
}

/** Asks `source` for one item at a time, as it need not bear a second `next()` before the first has come. */
export function itemsInTurn<Item>(source: AsyncIterable<Item> | Iterable<Item>): ItemsInTurn<Item> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let turn: Promise<unknown> = Promise.resolve();
  let isBusy = false;
  let isComplete = false;
  let isStopped = false;

  async function takeAfter(previous: Promise<unknown>): Promise<Item | typeof ended> {
    await previous;
    if (isComplete || isStopped) return ended;
    isBusy = true;
    try {
      const { done, value } = await iterator.next();
      isComplete = done === true;
      return done || isStopped ? ended : value;
    } catch (error) {
      isComplete = true; // a source that has thrown has ended
      throw error;
    } finally {
      isBusy = false;
    }
  }

  return {
    take() {
      const item = takeAfter(turn);
      turn = item.catch(() => {});
      return item;
    },
    areComplete: () => isComplete,
    stop() {
      isStopped = true;
    },
    async end() {
      const ending = turn.then(async () => {
        if (!isComplete) await iterator.return?.();
      });
      if (isBusy) ending.catch(() => {});
      else await ending;
    },
  };
}
