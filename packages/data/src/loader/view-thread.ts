// What runs in a thread of a loader: answers one job after the other, as they come.

import { parentPort } from 'node:worker_threads';

import sharp from 'sharp';

import { describeFailure, type ThreadAnswer, type ThreadQuestion } from './messages';
import { runViewJob } from './view-job';

sharp.concurrency(1); // the threads are what runs side by side
sharp.cache(false); // no image comes twice

parentPort?.on('message', async ({ id, job }: ThreadQuestion) => {
  const answer: ThreadAnswer = await runViewJob(job).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, failure: describeFailure(error) }),
  );
  parentPort?.postMessage(answer, 'result' in answer ? [answer.result.pixels.buffer as ArrayBuffer] : []);
});
parentPort?.postMessage('ready');
