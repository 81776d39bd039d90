import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid } from '@semmae/core';
import { evaluateParts } from '@semmae/parts';
import { afterAll, describe, expect, it } from 'vitest';

import { type Cell, computeCell, readCell, scoresOf } from './cell';
import { markdownTable } from './tables';

const folder = mkdtempSync(join(tmpdir(), 'semmae-study-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two patches of two images; `parts` against the truth 1, 2. */
function evaluation(parts: number[]) {
  return evaluateParts({
    grid: createPatchGrid(1, 2),
    partCount: 2,
    predictions: [{ parts: Uint8Array.from(parts) }],
    truths: [{ labels: Uint8Array.of(1, 1, 2, 2), height: 1, width: 4 }],
  });
}

describe('computeCell', () => {
  it('computes a cell once, and not while another process does', async () => {
    let computed = 0;
    const compute = async () => {
      computed++;
      return evaluation([2, 1]);
    };
    const name = { method: 'swapped', seed: 3 };
    expect(readCell(folder, name)).toBeUndefined();
    const [first, second] = await Promise.all([computeCell(folder, name, compute), computeCell(folder, name, compute)]);
    expect([first, second, await computeCell(folder, name, compute), computed]).toEqual([true, false, false, 1]);
    expect(readCell(folder, name)).toMatchObject({
      ...name,
      scores: { fgAri: 1, flipMiou: null, landmarkError: null },
    });
    const lock = join(folder, 'cells', 'swapped, seed 4.json.lock');
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname() }));
    expect(await computeCell(folder, { method: 'swapped', seed: 4 }, compute)).toBe(false);
    rmSync(lock);
    await expect(
      computeCell(folder, { method: 'swapped', seed: 4 }, () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');
    expect(await computeCell(folder, { method: 'swapped', seed: 4 }, compute)).toBe(true);
  });
});

describe('markdownTable', () => {
  it('gives mean and spread over seeds, a row a method', () => {
    const row = (method: string, seed: number, fgAri: number): Cell => ({
      method,
      seed,
      scores: { ...scoresOf(evaluation([1, 2])), fgAri },
      seconds: seed,
    });
    const lines = markdownTable([row('a', 2, 0.1), row('b', 2, 0.5), row('a', 4, 0.3)]).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(/^\| a \| 100\.0 ± 0\.0 \| 20\.0 ± 14\.1 \| .* \| - \| .* \| 3 \|$/);
    expect(lines[3]).toContain('| b | 100.0 (1 seed) | 50.0 (1 seed) |');
  });
});
