#!/usr/bin/env node
// The bin `semmae`: parses, runs, and answers every failure in one line.

import { selectBackend } from '@semmae/pipeline';

import { createProgram } from './program';
import { runProgram } from './terminal/run-program';
import { terminalProgress } from './terminal/terminal-progress';

const { onProgress, onWarning, onNote, onData, onVerbose, end } = terminalProgress();
await runProgram(
  (signal) =>
    createProgram({
      signal,
      onProgress,
      onWarning,
      onNote,
      onData,
      onVerbose,
      startBackend: selectBackend,
      endProgress: () => end(true),
    }).parseAsync(),
  {
    endProgress: () => end(false),
  },
);
