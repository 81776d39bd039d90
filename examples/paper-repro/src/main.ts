// `npm run repro`: parses, runs, and answers every failure in one line.

import { runProgram } from '@semmae/cli';
import { selectBackend } from '@semmae/pipeline';

import { parseOptions } from './options';
import { repro } from './repro';
import { printSummary } from './summary';

await runProgram(async (signal) => {
  const options = parseOptions(process.argv);
  const backend = await selectBackend(options.backend);
  const { results, folder } = await repro(options, { backend, signal });
  printSummary(results, folder);
});
