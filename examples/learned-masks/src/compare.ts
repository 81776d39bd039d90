// Tables of finished runs, given by their folders.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from '@semmae/cli';
import { SemmaeError } from '@semmae/core';

import type { Results } from './results';
import { agreementTable, gameTable } from './table';

await runProgram(async () => {
  const folders = process.argv.slice(2);
  if (folders.length === 0)
    throw new SemmaeError({ where: 'compare', requirement: 'there must be folders of runs', got: 'none' });
  const runs = folders.map((folder) => JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as Results);
  console.log(`${gameTable(runs)}\n\n${agreementTable(runs)}`);
});
