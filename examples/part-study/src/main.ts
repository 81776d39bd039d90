// `npm run study:parts`: how good are learned parts?

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Interrupted, selectBackend, terminalProgress } from '@semmae/cli';
import { SemmaeError } from '@semmae/core';
import { openImageFolder, partDataset, splitByIndex } from '@semmae/data';

import type { Cell } from './cell';
import { parseOptions } from './options';
import { studySeed } from './study';
import { markdownTable } from './tables';

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
const { onProgress, end } = terminalProgress();

try {
  const options = parseOptions(process.argv);
  const { compile } = await selectBackend('cpu');
  const size = { height: 2 * options.imageSize, width: 2 * options.imageSize };
  const data =
    options.data === undefined
      ? partDataset({ ...size, seed: 0, count: options.images, split: 'pretrain' })
      : await openImageFolder({ root: options.data, ...size });
  const { train, heldOut } = splitByIndex(data, { heldOut: options.heldOut });
  const cells: Cell[] = [];
  for (let seed = 0; seed < options.seeds; seed++) {
    const stage = { compile, signal: abort.signal, onProgress };
    cells.push(...(await studySeed({ options, train, heldOut, stage }, seed)));
    await mkdir(options.out, { recursive: true });
    await writeFile(join(options.out, 'table.md'), `${markdownTable(cells)}\n`);
  }
  end(true);
  console.log(markdownTable(cells));
} catch (error) {
  end(false);
  if (error instanceof Interrupted) {
    console.error('Saved. The same command goes on.');
    process.exitCode = 130;
  } else if (SemmaeError.isInstance(error)) {
    console.error(error.message);
    process.exitCode = 1;
  } else throw error;
}
