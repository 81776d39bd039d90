#!/usr/bin/env node
// The bin `semmae`: parses, runs, and answers every failure in one line.

import { SemmaeError } from '@semmae/core';
import { CommanderError } from 'commander';

import { selectBackend } from './backends/select-backend';
import { Interrupted } from './interrupted';
import { createProgram } from './program';
import { terminalProgress } from './terminal-progress';

const interruptedExitCode = 130;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error('\nStopping after this step; once more to stop at once.');
    abort.abort();
  });
}

const { onProgress, end } = terminalProgress();
try {
  await createProgram({
    signal: abort.signal,
    onProgress,
    startBackend: selectBackend,
    endProgress: () => end(true),
  }).parseAsync();
} catch (error) {
  end(false);
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 1;
  } else if (error instanceof Interrupted) {
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
