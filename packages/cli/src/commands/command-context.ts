// What a command gets from the program around it.

import type { BackendName, SelectedBackend, StageOptions, StageReport } from '@semmae/pipeline';

export interface CommandContext {
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  onProgress: (report: StageReport) => void;
  onWarning: (message: string) => void;
  onNote?: (message: string) => void;
  onData?: StageOptions['onData'];
  /** Told when `--verbose` is given, before the command runs. */
  onVerbose?: () => void;
  /** Makes a backend run; `selectBackend`. */
  startBackend(name: BackendName, options: { threads?: number }): Promise<SelectedBackend>;
  /** Ends the bar on the terminal, so that other output can follow. */
  endProgress(): void;
}

/** Starts the backend and gives what stages need of it. */
export async function stageOptions(
  { signal, onProgress, onWarning, onNote, onData, startBackend }: CommandContext,
  { backend, threads }: { backend: BackendName; threads?: number },
): Promise<StageOptions> {
  const { compile } = await startBackend(backend, { threads });
  return { signal, onProgress, onWarning, onNote, onData, compile };
}

/** Without `--resume` what is there already is an error; with it a new run simply starts. */
export function resumePolicy({ resume }: { resume: boolean }): 'if-there' | 'refuse' {
  return resume ? 'if-there' : 'refuse';
}
