// Stage reports on the terminal: one bar or line of text after the other.

import type { StageReport } from '@semmae/pipeline';
import { type StageProgress, stageProgress } from './stage-progress';

export interface TerminalProgress {
  onProgress(report: StageReport): void;
  /** Ends the last stage, as finished or where it stands. */
  end(finished: boolean): void;
}

export function terminalProgress(): TerminalProgress {
  let current: { title: string; progress: StageProgress; note?: string } | undefined;
  function end(finished: boolean): void {
    if (finished) current?.progress.finish(current.note);
    else current?.progress.stop();
    current = undefined;
  }
  return {
    onProgress({ title, done, total, unit, note }) {
      if (current?.title !== title) {
        end(true);
        current = { title, progress: stageProgress(title, total, unit) };
      }
      current.progress.update(done, note);
      current.note = note;
    },
    end,
  };
}
