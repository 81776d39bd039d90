// The frame of every program around stages: Ctrl-C saves and stops, and a failure that speaks for itself is one line.

import { SemmaeError } from '@semmae/core';
import { Interrupted } from '@semmae/pipeline';
import { CommanderError } from 'commander';

import { withFlags } from './flags';

/** As shells count them: 128 and the number of the signal. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface RunProgramOptions {
  /** How an interrupted run goes on. Default: with `--resume`. */
  howToGoOn?: string;
  /** Called before a message is printed, to end the bar that stands on the terminal. */
  endProgress?(): void;
}

/**
 * Runs `body` with a signal that the first SIGINT, SIGTERM or SIGHUP (a closed terminal) aborts; the second ends the process. Sets
 * the exit code: 130, 143 or 129 when `body` throws `Interrupted`, 1 for an error of ours, of the engine or of the file system. Options
 * that the message of an error names in backticks are printed as flags.
 * Other errors are thrown.
 */
export async function runProgram(
  body: (signal: AbortSignal) => Promise<unknown>,
  options: RunProgramOptions = {},
): Promise<void> {
  const { howToGoOn = 'Continue with the same command and --resume.', endProgress } = options;
  const abort = new AbortController();
  let exitCode: number = exitCodes.SIGINT;
  for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    process.once(signal, () => {
      exitCode = exitCodes[signal];
      abort.abort();
      if (signal === 'SIGHUP') return;
      endProgress?.();
      console.error('Stopping after this step; once more to stop at once.');
    });
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endWithReader);
  try {
    await body(abort.signal);
  } catch (error) {
    endProgress?.();
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 1;
    } else if (error instanceof Interrupted) {
      console.error(`Saved. ${howToGoOn}`);
      process.exitCode = exitCode;
    } else if (isExpected(error)) {
      console.error(withFlags(error.message));
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}

/** Nobody reads the output any more, as behind `| head` or in a closed terminal: what a program keeps is in files. */
function endWithReader(this: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  if (this === process.stdout) process.exit();
}

/** Errors that speak for themselves: ours, the engine's, and what the system says about files. */
function isExpected(error: unknown): error is Error {
  return (
    SemmaeError.isInstance(error) ||
    (error instanceof Error && (error.name === 'OnnxBackendError' || 'syscall' in error))
  );
}
