// Stage reports on the terminal: one bar or line of text after the other, and warnings between them.

import { escapeControls } from '@semmae/core';
import type { StageReport } from '@semmae/pipeline';

import { withFlags } from './flags';
import { type StageProgress, stageProgress } from './stage-progress';

export interface TerminalProgress {
  onProgress(report: StageReport): void;
  /** Both print a line above the bar. */
  onNote(message: string): void;
  onWarning(message: string): void;
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
    end,
  };
}
