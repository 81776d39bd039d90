// Worker threads that sample masks ahead of the training loop.

import { assertInteger } from '@semmae/core';

import type { MaskBatch } from '../../mask-batch';
import { type BatchDescription, type MaskRequest, requestOf } from '../mask-request';
import { type MaskSamplerOptions, maskSampler } from '../mask-sampler';
import { aheadInOrder } from './ahead-in-order';
import { loadStrategy } from './load-strategy';
import { ThreadHandle } from './thread-handle';

export interface MaskingWorkersOptions extends MaskSamplerOptions {
  /** URL of the module that exports the strategy: `new URL('./strategy.js', import.meta.url)`. Each thread imports it. */
  module: URL | string;
  /** The name of that export. Default `default`. */
  exportName?: string | undefined;
  /** Threads. 0 samples in the calling thread. Default 1: masks are cheap beside a training step. */
  workers?: number | undefined;
}

export interface WorkerBatches<Batch> extends BatchDescription<Batch> {
  /** Batches taken from the source before they are asked for. Default 2 for each thread, at least 1. */
  prefetch?: number | undefined;
}

export interface MaskingWorkers {
  /**
   * The batches in their order, each with its `masks`: those of `withMasks` for the same seed, epoch and keys, whatever
   * the number of threads. Ending early, or an error, ends the threads, unless another iteration still uses them; a later
   * iteration starts new ones. A batch that was taken ahead and is not asked for any more is dropped, so let batches hold
   * plain data and make tensors of what comes out.
   */
  withMasks<Batch extends object>(
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    options: WorkerBatches<Batch>,
  ): AsyncIterableIterator<Batch & { masks: MaskBatch }>;
  /** Ends the threads. Idle threads never keep a process alive, so this only frees their memory earlier. */
  close(): Promise<void>;
}

/** Threads start with the first batch. Errors arrive as one line, in the turn of their batch. */
export function maskingWorkers({
  module,
  exportName = 'default',
  workers = 1,
  seed,
  padding = false,
}: MaskingWorkersOptions): MaskingWorkers {
  assertInteger('maskingWorkers', 'workers', workers, { least: 0 });
  assertInteger('maskingWorkers', 'seed', seed, { least: Number.MIN_SAFE_INTEGER });
  const settings = { module: String(module), exportName, seed, padding };
  let threads: ThreadHandle[] = [];
  const iterations = new Set<object>(); // under way

  function runInThread(request: MaskRequest): Promise<MaskBatch> {
    threads = threads.filter((thread) => !thread.isOver);
    const idlest = threads.reduce<ThreadHandle | undefined>(
      (least, thread) => (least !== undefined && least.load <= thread.load ? least : thread),
      undefined,
    );
    if (idlest !== undefined && (idlest.load === 0 || threads.length === workers)) return idlest.run(request);
    const started = new ThreadHandle(settings);
    threads.push(started);
    return started.run(request);
  }

  async function runHere(request: MaskRequest): Promise<MaskBatch> {
    return maskSampler(await loadStrategy(settings.module, exportName), settings)(request);
  }

  async function close(): Promise<void> {
    await Promise.all(threads.splice(0).map((thread) => thread.end()));
  }

  function withMasks<Batch extends object>(
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    { prefetch = Math.max(1, 2 * workers), ...description }: WorkerBatches<Batch>,
  ): AsyncIterableIterator<Batch & { masks: MaskBatch }> {
    assertInteger('maskingWorkers', 'prefetch', prefetch);
    const iteration = {};
    let isOver = false;
    return aheadInOrder({
      source: batches,
      ahead: prefetch,
      async work(batch) {
        iterations.add(iteration);
        const request = await requestOf('maskingWorkers', batch, description);
        if (isOver) throw new Error('internal: nobody waits for these masks');
        return { ...batch, masks: await (workers === 0 ? runHere(request) : runInThread(request)) };
      },
      async release(isComplete) {
        isOver = true;
        iterations.delete(iteration);
        if (!isComplete && iterations.size === 0) await close();
      },
    });
  }

  return { withMasks, close };
}
