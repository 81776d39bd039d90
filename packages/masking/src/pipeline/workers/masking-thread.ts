// What runs in a masking thread: imports the strategy once, then answers one request after the other.

import { parentPort, workerData } from 'node:worker_threads';

import { maskSampler } from '../mask-sampler';
import { firstLine, loadStrategy } from './load-strategy';
import { buffersOf, type ThreadAnswer, type ThreadQuestion, type ThreadSettings } from './messages';

const settings = workerData as ThreadSettings;
const sampler = loadStrategy(settings.module, settings.exportName).then((strategy) => maskSampler(strategy, settings));
sampler.catch(() => {}); // not unhandled: the first request reports it

parentPort?.on('message', async ({ id, request }: ThreadQuestion) => {
  const answer: ThreadAnswer = await sampler
    .then((sample) => ({ id, masks: sample(request) }))
    .catch((error: unknown) => ({ id, error: firstLine(error) }));
  parentPort?.postMessage(answer, 'masks' in answer ? buffersOf([answer.masks]) : []);
});
