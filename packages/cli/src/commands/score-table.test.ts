import { createPatchGrid } from '@semmae/core';
import { evaluateParts } from '@semmae/parts';
import { expect, it } from 'vitest';

import { scoreTable } from './score-table';

const grid = createPatchGrid(2, 3);
const encoder = { id: 'none', hash: '' };
const predictions = [{ parts: Uint8Array.of(0, 1, 2, 0, 1, 2) }, { parts: Uint8Array.of(2, 1, 0, 1, 1, 0) }];
const truth = (labels: number[]) => ({ labels: Uint8Array.from(labels), height: 2, width: 3 });
const table = (truths: ReturnType<typeof truth>[] | undefined) =>
  scoreTable({ method: 'grid', encoder, ...evaluateParts({ predictions, truths, grid, partCount: 2 }) });

it('says what could not be scored, and leaves out what was not asked for', () => {
  const none = table([truth([0, 0, 0, 0, 0, 0]), truth([0, 0, 0, 0, 0, 0])]);
  expect(none).toContain('2 images, 2 without foreground\n');
  expect(none).toMatch(/^FG-ARI +no score$/m);
  expect(none).toMatch(/^ARI +0\.000$/m);
  const some = table([truth([0, 1, 2, 0, 1, 2]), truth([0, 0, 0, 0, 0, 0])]);
  expect(some).toContain('2 images, 1 without foreground\n');
  expect(some).toMatch(/^FG-ARI +1\.000$/m);
  expect(table(undefined)).not.toMatch(/FG-ARI|no score|foreground/);
});
