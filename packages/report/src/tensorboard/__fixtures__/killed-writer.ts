// Runs in a child process: writes scalars into the folder of its argument, says each step once it is written, and never ends.

import { writeSync } from 'node:fs';

import { eventWriter } from '../event-writer';

const writer = eventWriter({ folder: process.argv[2]! });
for (let step = 1; ; step++) {
  writer.scalar('loss', step, 1 / step);
  writeSync(1, `${step}\n`);
}
