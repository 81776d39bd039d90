import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPatchGrid } from '@semmae/core';
import { evaluateParts } from '@semmae/parts';
import { afterAll, describe, expect, it } from 'vitest';

import { type Cell, cell, scoresOf } from './cell';
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

describe('cell', () => {
  it('computes a cell once', async () => {
    let computed = 0;
    const compute = async () => {
      computed++;
      return evaluation([2, 1]);
    };
    const first = await cell(folder, { method: 'swapped', seed: 3 }, compute);
    expect(await cell(folder, { method: 'swapped', seed: 3 }, compute)).toEqual(first);
    expect([computed, first.scores.fgAri, first.scores.flipMiou]).toEqual([1, 1, null]);
    await cell(folder, { method: 'swapped', seed: 4 }, compute);
    expect(computed).toBe(2);
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
