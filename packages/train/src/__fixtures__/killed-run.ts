// Runs in a child process: trains into the folder of its argument and dies by SIGKILL in the middle of epoch 2.

import '@tensorflow/tfjs-backend-cpu';

import { train } from '../loop/train';
import { smallRun } from './small-run';

const run = smallRun();
await train({
  ...run,
  folder: process.argv[2],
  checkpointEverySteps: 4,
  batch(epoch, step) {
    if (epoch === 2 && step === 1) process.kill(process.pid, 'SIGKILL');
    return run.batch(epoch, step);
  },
});
