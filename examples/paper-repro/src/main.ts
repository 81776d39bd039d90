// `npm run repro`: parses, runs, and answers every failure in one line.

import { runProgram, terminalProgress } from '@semmae/cli';
import { selectBackend } from '@semmae/pipeline';

import { parseOptions } from './options';
import { repro } from './repro';
import { printSummary } from './summary';

const { onProgress, onWarning, onData, end } = terminalProgress();
await runProgram(
  async (signal) => {
    const options = parseOptions(process.argv);
    const backend = await selectBackend(options.backend);
    const { results, folder } = await repro(options, { backend, signal, onProgress, onWarning, onData });
    end(true);
    printSummary(results, folder);
  },
  { endProgress: () => end(false) },
);
