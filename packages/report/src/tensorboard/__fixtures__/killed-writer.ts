// Runs in a child process: writes scalars into the folder of its argument, says each step once it is written, and never ends.

import { writeSync } from 'node:fs';

import { eventWriter } from '../event-writer';

const writer = eventWriter({ folder: process.argv[2]! });
for (let step = 1; ; step++) {
  writer.scalar('loss', step, 1 / step);
  say(step);
}

/** Nothing while the pipe is full because the parent is slow: a later step is said then. */
function say(step: number): void {
  try {
    writeSync(1, `${step}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}
