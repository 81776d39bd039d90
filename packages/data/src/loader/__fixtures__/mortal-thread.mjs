// A thread that ends with jobs of the wrong rules, as a decoder that crashes would end it.

import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ id, job }) => {
  if (job.rules?.channels === 7) process.exit(7);
  parentPort.postMessage({ id, result: { views: [], size: { height: 1, width: 1 }, channels: 1, pixels: new Uint8Array(1) } });
});
parentPort.postMessage('ready');
