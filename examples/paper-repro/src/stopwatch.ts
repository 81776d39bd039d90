// Wall time of a run over all its sessions, kept in the run folder.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

export interface Stopwatch {
  /** Seconds of this session and of those before it. */
  seconds(): number;
  /** Saves the time and stops counting. */
  stop(): void;
}

const millisecondsBetweenSaves = 5000;

/** Continues the time of the run in `folder`; what a killed session took after its last save is lost. */
export function startStopwatch(folder: string): Stopwatch {
  const file = join(folder, 'seconds.json');
  const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const began = performance.now();
  const seconds = () => before + (performance.now() - began) / 1000;
  const save = () => writeFileAtomic.sync(file, `${seconds()}\n`);
  const timer = setInterval(save, millisecondsBetweenSaves);
  timer.unref();
  return {
    seconds,
    stop() {
      clearInterval(timer);
      save();
    },
  };
}
