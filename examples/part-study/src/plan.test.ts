import { describe, expect, it } from 'vitest';

import { plannedCells } from './plan';

const options = { seeds: 3, encoder: undefined, ablations: false, only: [] };
const count = (cells: readonly { method: string }[], method: string) =>
  cells.filter((cell) => cell.method === method).length;

describe('plannedCells', () => {
  it('scores what has no randomness once, or once an encoder', () => {
    const cells = plannedCells(options);
    const methods = ['ground truth per patch', 'grid 2x3', 'attention heads', 'k-means, keys', 'learned'];
    expect(methods.map((method) => count(cells, method))).toEqual([1, 3, 3, 3, 3]);
    const shared = plannedCells({ ...options, encoder: 'file' });
    expect(methods.map((method) => count(shared, method))).toEqual([1, 1, 1, 3, 3]);
    expect(new Set(cells.map(({ method, seed }) => `${method} ${seed}`)).size).toBe(cells.length);
  });

  it('adds one change at a time, or takes methods by their names', () => {
    const usual = new Set(plannedCells(options).map(({ method }) => method));
    const all = new Set(plannedCells({ ...options, ablations: true }).map(({ method }) => method));
    expect([...all].filter((method) => !usual.has(method))).toEqual([
      'softmax over positions',
      'box blur',
      'no blur',
      'λ = 0',
      'λ = 0.3',
      'N = 4',
      'N = 8',
      'output tokens',
      'small decoder',
    ]);
    const only = ['no consistency', 'grid 2x3', 'λ = 0'];
    expect([...new Set(plannedCells({ ...options, only }).map(({ method }) => method))]).toEqual([
      'grid 2x3',
      'λ = 0',
      'no consistency',
    ]);
    expect(() => plannedCells({ ...options, only: ['learnt'] })).toThrow(
      /^--only: names must be of "attention heads", .*, got learnt$/,
    );
  });
});
