#!/usr/bin/env node
// The bin `semmae`: parses, runs, and answers every failure in one line.

import { selectBackend } from '@semmae/pipeline';
import { createProgram } from './program';
import { runProgram } from './run-program';
import { terminalProgress } from './terminal-progress';

const { onProgress, end } = terminalProgress();
await runProgram(
  (signal) =>
    createProgram({ signal, onProgress, startBackend: selectBackend, endProgress: () => end(true) }).parseAsync(),
  { onFailure: () => end(false) },
);
