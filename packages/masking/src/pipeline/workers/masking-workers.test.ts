import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createPatchGrid } from '@semmae/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { buildWorkers } from './__fixtures__/built-workers';
import type { MaskingWorkersOptions, maskingWorkers as Start, WorkerBatches } from './masking-workers';

let built: Awaited<ReturnType<typeof buildWorkers>>;
let maskingWorkers: typeof Start;
beforeAll(async () => {
  built = await buildWorkers();
  ({ maskingWorkers } = await import(/* @vite-ignore */ new URL('index.js', built.folder).href));
}, 60_000);
afterAll(() => built.remove());

const grid = createPatchGrid(7, 11);
interface Batch {
  keys: number[];
}
const batches: Batch[] = Array.from({ length: 7 }, (_, batch) => ({ keys: [3 * batch, 3 * batch + 1, 3 * batch + 2] }));
const plainContext = () => ({ grid, progress: 0.5 });

function start(workers: number, options: Partial<MaskingWorkersOptions> = {}) {
  return maskingWorkers({ module: new URL('strategies.js', built.folder), seed: 11, workers, ...options });
}

async function maskAll(workers: number, options: Partial<MaskingWorkersOptions & WorkerBatches<Batch>> = {}) {
  const { epoch, prefetch, contextOf = plainContext, ...own } = options;
  const pool = start(workers, own);
  const masked = [];
  for await (const batch of pool.withMasks(batches, { keysOf: ({ keys }) => keys, contextOf, epoch, prefetch }))
    masked.push(batch);
  await pool.close();
  return masked;
}

describe('maskingWorkers', () => {
  it('gives the same masks for 0, 1, 2 and 3 threads, in the order of the batches', async () => {
    const expected = await maskAll(0);
    expect(expected.map(({ keys }) => keys)).toEqual(batches.map(({ keys }) => keys));
    expect(new Set(expected.map(({ masks }) => masks.masked.join())).size).toBe(batches.length);
    for (const workers of [1, 2, 3]) expect(await maskAll(workers, { prefetch: workers + 2 })).toEqual(expected);
    expect(await maskAll(2, { epoch: 1 })).not.toEqual(expected);
  });

  it('sends guidance without taking it away, and answers strategies of batches', async () => {
    const parts = Uint8Array.from({ length: 3 * 77 }, (_, patch) => patch % 5);
    const contextOf = (_: Batch, image: number) => ({
      ...plainContext(),
      parts: parts.subarray(image * 77, (image + 1) * 77),
    });
    const options = { exportName: 'semantic', contextOf };
    expect(await maskAll(2, options)).toEqual(await maskAll(0, options));
    expect(parts[4]).toBe(4);
    const varying = { exportName: 'varying', padding: true };
    expect(await maskAll(2, varying)).toEqual(await maskAll(0, varying));
  });

  it('uses all threads that it may', async () => {
    const masked = await maskAll(2, { exportName: 'threadNumber', prefetch: 4 });
    expect(new Set(masked.map(({ masks }) => masks.maskedCount)).size).toBe(2);
  });

  it('keeps its threads from epoch to epoch, and starts new ones after an early end', async () => {
    const pool = start(1, { exportName: 'threadNumber' });
    const threadOf = async (limit: number) => {
      let thread = -1;
      let count = 0;
      for await (const { masks } of pool.withMasks(batches, { keysOf: ({ keys }) => keys, contextOf: plainContext })) {
        thread = masks.maskedCount;
        if (++count === limit) break;
      }
      return thread;
    };
    const first = await threadOf(100);
    expect(await threadOf(100)).toBe(first);
    expect(await threadOf(2)).toBe(first);
    expect(await threadOf(2)).not.toBe(first);
    await pool.close();
  });

  it('leaves threads to an iteration that still uses them', async () => {
    const pool = start(1);
    const options = { keysOf: ({ keys }: Batch) => keys, contextOf: plainContext };
    const training = pool.withMasks(batches, options);
    await training.next();
    for await (const _ of pool.withMasks(batches, options)) break;
    for (let batch = 1; batch < batches.length; batch++)
      expect((await training.next()).value).toMatchObject(batches[batch]!);
    await pool.close();
  });

  it.each([0, 1, 2, 3])('says in one line what is wrong, with %i threads', async (workers) => {
    const failing: [Partial<MaskingWorkersOptions>, RegExp][] = [
      [
        { exportName: 'semantic' },
        /^semanticMasking: context.parts must hold one part id per patch, got undefined; .*$/,
      ],
      [
        { exportName: 'notAStrategy' },
        /^maskingWorkers: file:.*strategies.js must export a masking strategy as notAStrategy, got object; .*$/,
      ],
      [{ exportName: 'absent' }, /as absent, got undefined; .*export default blockMasking/],
      [
        { module: new URL('absent.js', built.folder) },
        /^maskingWorkers: file:.*absent.js must be a module that can be imported, got Cannot find module .*$/,
      ],
    ];
    for (const [options, message] of failing) await expect(maskAll(workers, options)).rejects.toThrow(message);
  });

  it('notices a thread that ends', async () => {
    await expect(maskAll(2, { exportName: 'ending' })).rejects.toThrow(
      /^maskingWorkers: a thread must live until its batches are masked, got exit code 7; .*$/,
    );
  });

  it.each([
    [{ workers: -1 }, /workers must be an integer of at least 0, got -1/],
    [{ workers: 1.5 }, /workers must be an integer of at least 0, got 1.5/],
    [{ seed: 0.5 }, /seed must be an integer/],
  ])('refuses %o', (options, message) => {
    expect(() => start(1, options)).toThrow(message);
  });

  it('refuses to take nothing ahead', async () => {
    await expect(maskAll(1, { prefetch: 0 })).rejects.toThrow(/prefetch must be an integer of at least 1, got 0/);
  });
});

describe('a program with masking threads', () => {
  /** Starts the program and gives it 10 s to end. */
  function program(...parameters: string[]): ChildProcess {
    return spawn(process.execPath, [fileURLToPath(new URL('interrupted.js', built.folder)), ...parameters], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 10_000,
    });
  }

  it.each([
    ['break', 'default'],
    ['idle', 'default'],
    ['return', 'endless'],
  ])('ends by itself after %s', async (...parameters) => {
    const child = program(...parameters);
    let printed = '';
    child.stdout!.on('data', (text) => (printed += text));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(printed).toBe('left\n');
  });

  it('ends on Ctrl-C with threads that never answer', async () => {
    const child = program('wait', 'endless');
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([null, 'SIGINT']);
  });
});
