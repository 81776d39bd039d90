// Which memory still waits for a queued run, where the runtime cannot block.

import type { ElementArray } from '../graph/element-type';
import type { RuntimeTensors } from './onnx-runtime';

export interface InFlight {
  /** Notes that `run` reads the memory of `feeds` and will fill that of `fetches`. Runs start in the order they were added. */
  add(run: Promise<void>, feeds: RuntimeTensors, fetches: RuntimeTensors): void;
  /** Resolves once `data` is filled; rejects with the error of the run that should have, or of one it depended on. Undefined: it is filled. */
  arrivalOf(data: ElementArray): Promise<void> | undefined;
  /** Resolves when no run is under way any more, even if runs have failed. */
  settled(): Promise<void>;
}

export function createInFlight(): InFlight {
  // By buffer and not by array, since several tensors may share one buffer.
  const arrivals = new WeakMap<ArrayBufferLike, Promise<void>>();
  let last: Promise<unknown> = Promise.resolve();
  const arrivalOf = ({ buffer }: ElementArray) => arrivals.get(buffer);
  return {
    arrivalOf,
    add(run, feeds, fetches) {
      const awaited = Object.values(feeds).map(({ data }) => arrivalOf(data));
      const buffers = new Set(Object.values(fetches).map(({ data }) => data.buffer));
      const arrival = Promise.all([...awaited, run]).then(() => {
        for (const buffer of buffers) if (arrivals.get(buffer) === arrival) arrivals.delete(buffer);
      });
      for (const buffer of buffers) arrivals.set(buffer, arrival);
      last = arrival.catch(() => undefined); // a read reports the error; `settled` does not
    },
    async settled() {
      await last;
    },
  };
}
