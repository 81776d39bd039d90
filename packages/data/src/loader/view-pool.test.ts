import { createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import type { ViewJob } from './view-job';
import { viewPool } from './view-pool';

const recipe = { globalSize: 11, globalCount: 1, localSize: 7, localCount: 2 };
const pixels = Uint8Array.from({ length: 29 * 31 * 3 }, (_, at) => (at * 7) ^ (at >> 3));
function jobOf(index: number, channels = 3): () => Promise<ViewJob> {
  const image = { height: 29, width: 31, channels: 3, pixels };
  const rng = createRng(3).split(index).state();
  return async () => ({
    source: { kind: 'stored', image },
    rules: { channels },
    recipe,
    rng,
    exact: false,
    keep: false,
  });
}
const never = (message: string) => expect.unreachable(message);
const mortal = new URL('./__fixtures__/mortal-thread.mjs', import.meta.url);

describe('viewPool', () => {
  it('gives the same from threads as from here, and leaves the arrays of the caller alone', async () => {
    const here = viewPool({ workers: 0, onWarning: never });
    const threads = viewPool({ workers: 2, onWarning: never });
    const all = (pool: typeof here) =>
      Promise.all(Array.from({ length: 9 }, (_, index) => pool.run('a', jobOf(index))));
    expect(await all(threads)).toEqual(await all(here));
    expect(pixels.length).toBe(29 * 31 * 3);
    await Promise.all([here.close(), threads.close()]);
  });

  it('tries what a thread ended with once more, and gives up on what ends it again, and on nothing else', async () => {
    const warnings: string[] = [];
    const pool = viewPool({ workers: 2, threadFile: mortal, onWarning: (message) => warnings.push(message) });
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => pool.run(`image ${index}`, jobOf(index, index === 5 ? 7 : 3))),
    );
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(results.map((_, index) => index !== 5));
    expect((results[5] as PromiseRejectedResult).reason).toMatchObject({
      kind: 'ends its decoder',
      message: 'a thread that read it ended twice, the last time by exit code 7',
    });
    expect(warnings).toContain(
      'a thread of the loader ended (exit code 7) with image 5 in its hands, which gets a second try',
    );
    await pool.close();
  });

  it('says that threads do not start, rather than blame images', async () => {
    const pool = viewPool({ workers: 1, threadFile: new URL('./absent.mjs', import.meta.url), onWarning: never });
    await expect(pool.run('a', jobOf(0))).rejects.toThrow(
      /^viewLoader: threads must start, got .*; set `workers` to 0/,
    );
    await pool.close();
  });

  it('hands over errors of the image as such, and of the program by their message', async () => {
    const pool = viewPool({ workers: 1, onWarning: never });
    const text = async (): Promise<ViewJob> => ({
      ...(await jobOf(0)()),
      source: { kind: 'stored', image: new TextEncoder().encode('<!doctype html>') },
    });
    await expect(pool.run('a', text)).rejects.toMatchObject({ name: 'Undecodable', kind: 'unrecognized' });
    await expect(pool.run('a', () => Promise.reject(new Error('no such file')))).rejects.toThrow('no such file');
    await pool.close();
  });

  it('ends jobs that are under way or waiting when it is closed', async () => {
    const pool = viewPool({ workers: 1, onWarning: never });
    const results = Promise.allSettled(Array.from({ length: 6 }, (_, index) => pool.run('a', jobOf(index))));
    await pool.close();
    for (const result of await results) expect(result).toMatchObject({ reason: { name: 'LoaderClosed' } });
    await expect(pool.run('a', jobOf(0))).rejects.toThrow('the loader is closed');
  });
});
