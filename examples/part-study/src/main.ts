// `npm run study:parts`: how good are learned parts?

import { join } from 'node:path';

import { enterRunFolder, runProgram, selectBackend, terminalProgress } from '@semmae/cli';
import { openImageFolder, partDataset, splitByIndex } from '@semmae/data';
import writeFileAtomic from 'write-file-atomic';

import type { Cell } from './cell';
import { parseOptions } from './options';
import { studySeed } from './study';
import { markdownTable } from './tables';

const { onProgress, end } = terminalProgress();

await runProgram(
  async (signal) => {
    const options = parseOptions(process.argv);
    const { compile } = await selectBackend('cpu');
    const size = { height: 2 * options.imageSize, width: 2 * options.imageSize };
    const data =
      options.data === undefined
        ? partDataset({ ...size, seed: 0, count: options.images, split: 'pretrain' })
        : await openImageFolder({ root: options.data, ...size });
    const { train, heldOut } = splitByIndex(data, { heldOut: options.heldOut });
    // More seeds and ablations may be added to a study; cells of other settings must not be mixed into it.
    const { out, seeds, ablations: _, ...settings } = options;
    const folder = enterRunFolder({
      folder: out,
      settings: { imageCount: data.length, ...settings },
      resume: 'if-there',
    });
    const cells: Cell[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      cells.push(...(await studySeed({ options, train, heldOut, stage: { compile, signal, onProgress } }, seed)));
      writeFileAtomic.sync(join(folder, 'table.md'), `${markdownTable(cells)}\n`);
    }
    end(true);
    console.log(markdownTable(cells));
  },
  { howToGoOn: 'The same command goes on.', onFailure: () => end(false) },
);
