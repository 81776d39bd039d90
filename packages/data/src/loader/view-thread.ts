// What runs in a thread of a loader: answers jobs as they come, a few at a time.

import { parentPort } from 'node:worker_threads';

import sharp from 'sharp';

import { describeFailure, jobsAtATime, type ThreadAnswer, type ThreadQuestion } from './messages';
import { runViewJob } from './view-job';

sharp.concurrency(1); // the threads are what runs side by side
sharp.cache(false); // no image comes twice

const waiting: ThreadQuestion[] = [];
let running = 0;

async function beginSome(): Promise<void> {
  if (running === jobsAtATime) return;
  const question = waiting.shift();
  if (question === undefined) return;
  running++;
  const { id, job } = question;
  const answer: ThreadAnswer = await runViewJob(job).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, failure: describeFailure(error) }),
  );
  parentPort?.postMessage(answer, 'result' in answer ? [answer.result.pixels.buffer as ArrayBuffer] : []);
  running--;
  await beginSome();
}

parentPort?.on('message', (question: ThreadQuestion) => {
  waiting.push(question);
  void beginSome();
});
parentPort?.postMessage('ready');
