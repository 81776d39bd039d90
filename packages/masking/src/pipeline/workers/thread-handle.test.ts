import { EventEmitter } from 'node:events';
import { createPatchGrid } from '@semmae/core';
import { expect, it, vi } from 'vitest';

import { ThreadHandle } from './thread-handle';

const calls = vi.hoisted(() => [] as string[]);
let thread: EventEmitter;

vi.mock('node:worker_threads', () => ({
  Worker: class extends EventEmitter {
    constructor() {
      super();
      thread = this;
    }
    ref = () => calls.push('ref');
    unref = () => calls.push('unref');
    postMessage = () => calls.push('postMessage');
    terminate = async () => calls.push('terminate');
  },
}));

it('holds the process until a thread has ended, answers that come too late or not', async () => {
  const handle = new ThreadHandle({ module: '', exportName: '', seed: 0, padding: false });
  const masks = handle.run({ epoch: 0, keys: [1], contexts: [{ grid: createPatchGrid(2, 3), progress: 0 }] });
  const refused = expect(masks).rejects.toThrow(/got close\(\)/);
  const ended = handle.end();
  thread.emit('message', { id: 1, error: 'too late' }); // under way when the thread was told to end
  await ended;
  expect(calls).toEqual(['unref', 'postMessage', 'ref', 'terminate']);
  await refused;
});
