// Stage reports on the terminal: one bar or line of text after the other, and warnings between them.

import { escapeControls } from '@semmae/core';
import { dataSummary, leftOutLines, type OpenedData, type StageReport } from '@semmae/pipeline';

import { withFlags } from './flags';
import { type StageProgress, stageProgress } from './stage-progress';

export interface TerminalProgress {
  onProgress(report: StageReport): void;
  /** Both print a line above the bar. */
  onNote(message: string): void;
  onWarning(message: string): void;
  /** Prints how many images there are and what was left out; `end` says what was left out while they were read. */
  onData(data: OpenedData['all']): void;
  /** From now on everything that is left out is named. */
  onVerbose(): void;
  /** Ends the last stage, as finished or where it stands. */
  end(finished: boolean): void;
}

export function terminalProgress(): TerminalProgress {
  let current: { title: string; total: number; progress: StageProgress; note?: string } | undefined;
  function end(finished: boolean): void {
    if (finished) current?.progress.finish(current.note);
    else current?.progress.stop();
    current = undefined;
  }
  const opened = new Map<OpenedData['all'], { atFirst: number; said: number }>();
  let verbose = false;
  function summarize(data: OpenedData['all']): void {
    const { total } = data.leftOut;
    const { atFirst, said } = opened.get(data) ?? { atFirst: total, said: 0 };
    opened.set(data, { atFirst, said: total });
    print(`${dataSummary(data, total - atFirst)}${total > 0 && !verbose ? '; details with --verbose' : ''}`);
    if (verbose) for (const line of leftOutLines(data).slice(said)) print(line);
  }
  function print(message: string): void {
    end(false);
    console.error(escapeControls(withFlags(message))); // it may name what a file of a stranger holds
  }
  return {
    onProgress({ title, done, total, unit, note }) {
      if (current?.title !== title || current.total !== total) {
        end(true);
        current = { title, total, progress: stageProgress(title, total, unit) };
      }
      current.progress.update(done, note);
      current.note = note;
    },
    onNote: print,
    onWarning: print,
    onData: summarize,
    onVerbose() {
      verbose = true;
    },
    end(finished) {
      end(finished);
      for (const [data, { said }] of opened) if (data.leftOut.total > said) summarize(data);
    },
  };
}
