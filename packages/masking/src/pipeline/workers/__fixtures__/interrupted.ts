// A training loop that is stuck in its third batch, or leaves there, with threads at work on the next ones.

import { createPatchGrid } from '../../..';
import { maskingWorkers } from '..';

const [way, exportName] = process.argv.slice(2);
const grid = createPatchGrid(14, 14);
const workers = maskingWorkers({ module: new URL('./strategies.js', import.meta.url), exportName, workers: 2, seed: 5 });

async function* batches() {
  for (let batch = 0; ; batch++) yield { keys: [2 * batch, 2 * batch + 1] };
}

const masked = workers.withMasks(batches(), { keysOf: ({ keys }) => keys, contextOf: () => ({ grid, progress: 0 }) });
if (way === 'break') {
  let count = 0;
  for await (const _ of masked) if (++count === 3) break;
}
if (way === 'return') {
  const waiting = masked.next(); // for threads at work that never ends
  await new Promise((resolve) => setTimeout(resolve, 100));
  await masked.return!();
  await waiting;
}
if (way === 'idle') await masked.next();
if (way === 'wait') {
  console.log('waiting');
  for await (const _ of masked);
}
console.log('left');
