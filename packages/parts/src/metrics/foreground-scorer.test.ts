import { createPatchGrid, createRng } from '@semmae/core';
import { describe, expect, it } from 'vitest';

import { areaUnderCurve } from './area-under-curve';
import { foregroundScorer } from './foreground-scorer';

describe('foregroundScorer', () => {
  const grid = createPatchGrid(3, 2);
  const [height, width] = [7, 5];

  it('equals looking at every pixel, and at every pair of them', () => {
    const rng = createRng(4);
    const scorer = foregroundScorer(grid);
    const pixels: { score: number; found: boolean; object: boolean }[] = [];
    for (let image = 0; image < 3; image++) {
      const parts = Uint8Array.from({ length: 6 }, () => rng.integer(3));
      const saliency = Array.from({ length: 6 }, () => rng.integer(5));
      const labels = Uint8Array.from({ length: height * width }, () => [0, 1, 4, 255][rng.integer(4)]!);
      scorer.add({ parts, saliency, mask: { labels, height, width, ignore: 255 } });
      labels.forEach((label, pixel) => {
        const row = Math.floor(((Math.floor(pixel / width) + 0.5) * grid.rows) / height);
        const patch = row * grid.columns + Math.floor((((pixel % width) + 0.5) * grid.columns) / width);
        if (label !== 255) pixels.push({ score: saliency[patch]!, found: parts[patch]! > 0, object: label > 0 });
      });
    }
    const both = pixels.filter(({ found, object }) => found && object).length;
    const either = pixels.filter(({ found, object }) => found || object).length;
    const [objects, rest] = [pixels.filter(({ object }) => object), pixels.filter(({ object }) => !object)];
    const wins = objects.flatMap(({ score }) => rest.map((other) => (Math.sign(score - other.score) + 1) / 2));
    expect(scorer.scores().iou).toBe(both / either);
    // halves summed exactly, divided in another order
    expect(scorer.scores().auc).toBeCloseTo(wins.reduce((sum, win) => sum + win, 0) / wins.length, 14);
  });

  it('is null where nothing can be said', () => {
    const scorer = foregroundScorer(grid);
    scorer.add({ parts: new Uint8Array(6), mask: { labels: new Uint8Array(35), height, width } });
    expect(scorer.scores()).toEqual({ iou: null, auc: null });
  });

  it('names wrong sizes and scores that are none', () => {
    const mask = { labels: new Uint8Array(34), height, width };
    expect(() => foregroundScorer(grid).add({ parts: new Uint8Array(6), mask })).toThrow(
      'foregroundScorer: pixels must hold 35 values, got 34; give one value per pixel of 7x5, row by row',
    );
    expect(() => areaUnderCurve({ scores: [1, Number.NaN], positives: [1, 0], negatives: [0, 1] })).toThrow(
      'areaUnderCurve: scores must be numbers, got NaN at 1',
    );
  });
});
