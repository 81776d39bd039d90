// `npm run repro`: parses, runs, and answers every failure in one line.

import { Interrupted, selectBackend } from '@semmae/cli';
import { SemmaeError } from '@semmae/core';
import { parseOptions } from './options';
import { repro } from './repro';
import { printSummary } from './summary';

const interruptedExitCode = 130;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error('\nStopping after this step; once more to stop at once.');
    abort.abort();
  });
}

try {
  const options = parseOptions(process.argv);
  const backend = await selectBackend(options.backend);
  const { results, folder } = await repro(options, { backend, signal: abort.signal });
  printSummary(results, folder);
} catch (error) {
  if (error instanceof Interrupted) {
    console.error('Saved. Continue with the same command and --resume.');
    process.exitCode = interruptedExitCode;
  } else if (isExpected(error)) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}

/** Errors that speak for themselves: ours, the engine's, and what the system says about files. */
function isExpected(error: unknown): error is Error {
  return (
    SemmaeError.isInstance(error) ||
    (error instanceof Error && (error.name === 'OnnxBackendError' || 'syscall' in error))
  );
}
