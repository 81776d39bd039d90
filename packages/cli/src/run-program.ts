// The frame of every program around stages: Ctrl-C saves and stops, and a failure that speaks for itself is one line.

import { SemmaeError } from '@semmae/core';
import { Interrupted } from '@semmae/pipeline';
import { CommanderError } from 'commander';

const interruptedExitCode = 130;

export interface RunProgramOptions {
  /** How an interrupted run goes on. Default: with `--resume`. */
  howToGoOn?: string;
  /** Called before a failure is printed, to end what stands on the terminal. */
  onFailure?(): void;
}

/**
 * Runs `body` with a signal that the first SIGINT or SIGTERM aborts; the second ends the process. Sets the exit code: 130 when
 * `body` throws `Interrupted`, 1 for an error of ours, of the engine or of the file system. Other errors are thrown.
 */
export async function runProgram(
  body: (signal: AbortSignal) => Promise<unknown>,
  { howToGoOn = 'Continue with the same command and --resume.', onFailure }: RunProgramOptions = {},
): Promise<void> {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.error('\nStopping after this step; once more to stop at once.');
      abort.abort();
    });
  }
  process.stdout.on('error', endWithReader);
  try {
    await body(abort.signal);
  } catch (error) {
    onFailure?.();
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 1;
    } else if (error instanceof Interrupted) {
      console.error(`Saved. ${howToGoOn}`);
      process.exitCode = interruptedExitCode;
    } else if (isExpected(error)) {
      console.error(error.message);
      process.exitCode = 1;
    } else {
      throw error;
    }
  }
}

/** Ends quietly when nobody reads the output any more, as behind `| head`: what a program keeps is in files. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

/** Errors that speak for themselves: ours, the engine's, and what the system says about files. */
function isExpected(error: unknown): error is Error {
  return (
    SemmaeError.isInstance(error) ||
    (error instanceof Error && (error.name === 'OnnxBackendError' || 'syscall' in error))
  );
}
