import { readFileSync } from 'node:fs';
import { createPatchGrid } from '@semmae/masking';
import { describeMaskingStrategy } from '@semmae/masking/testing';
import { expect, it } from 'vitest';

import { columnMasking } from './column-masking';

const readFile = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it('is the recipe of the README', () => {
  const [, recipe] = readFile('../README.md').match(/## A strategy of your own\s+```ts\n([\s\S]*?)```/)!;
  expect(readFile('./column-masking.ts')).toContain(recipe);
});

describeMaskingStrategy(() => columnMasking(2), {
  maskedCount: ({ rows }) => 2 * rows,
  grids: [createPatchGrid(5, 7), createPatchGrid(4, 4)],
});
