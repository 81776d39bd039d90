// What a command gets from the program around it.

import type { BackendName, ResumePolicy, SelectedBackend, StageReport } from '@semmae/pipeline';

export interface CommandContext {
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  onProgress: (report: StageReport) => void;
  /** Makes a backend run; `selectBackend`. */
  startBackend(name: BackendName): Promise<SelectedBackend>;
  /** Ends the bar on the terminal, so that other output can follow. */
  endProgress(): void;
}

/** Starts the backend and gives what stages need of it. */
export async function stageOptions(
  { signal, onProgress, startBackend }: CommandContext,
  backend: BackendName,
): Promise<Pick<CommandContext, 'signal' | 'onProgress'> & Pick<SelectedBackend, 'compile'>> {
  const { compile } = await startBackend(backend);
  return { signal, onProgress, compile };
}

export function resumePolicy({ resume }: { resume: boolean }): ResumePolicy {
  return resume ? 'require' : 'refuse';
}
