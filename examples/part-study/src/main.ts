// `npm run study:parts`: how good are learned parts?

import { join } from 'node:path';
import { runProgram, terminalProgress } from '@semmae/cli';
import { replaceFileSync } from '@semmae/core/files';
import { imageDataset, openFolderSource, partDataset, splitByIndex } from '@semmae/data';
import { enterRunFolder, selectBackend } from '@semmae/pipeline';

import type { Cell } from './cell';
import { parseOptions } from './options';
import { plannedCells } from './plan';
import { runStudy } from './study';
import { markdownTable } from './tables';

const { onProgress, onData, end } = terminalProgress();

await runProgram(
  async (signal) => {
    const options = parseOptions(process.argv);
    const plan = plannedCells(options);
    const { compile } = await selectBackend('cpu', { threads: options.threads });
    const size = { height: 2 * options.imageSize, width: 2 * options.imageSize };
    const data =
      options.data === undefined
        ? partDataset({ ...size, seed: 0, count: options.images, split: 'pretrain' })
        : imageDataset(await openFolderSource(options.data), { imageSize: size });
    onData(data);
    const { train, heldOut } = splitByIndex(data, { heldOut: options.heldOut });
    // More seeds and methods may be added to a study; cells of other settings must not be mixed into it.
    const { out, seeds, ablations, only, threads, ...settings } = options;
    const folder = enterRunFolder({
      folder: out,
      settings: { imageCount: data.length, ...settings },
      resume: 'if-there',
      mismatch: { where: '`out`', remedy: 'choose another `out`, or the options that it began with' },
    });
    const write = (cells: readonly Cell[]) => replaceFileSync(join(folder, 'table.md'), `${markdownTable(cells)}\n`);
    const context = { options, train, heldOut, stage: { compile, signal, onProgress } };
    const cells = await runStudy(context, plan, write);
    write(cells);
    end(true);
    console.log(markdownTable(cells));
  },
  { howToGoOn: 'The same command goes on.', endProgress: () => end(false) },
);
