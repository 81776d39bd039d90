// `viewLoader` in a process of its own, timed after an epoch in which threads start. Prints one JSON line.

import { parseArgs } from 'node:util';

import { createRng } from '@semmae/core';
import { imageDataset, openFolderSource, viewLoader } from '@semmae/data';
import sharp from 'sharp';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    workers: { type: 'string' },
    batch: { type: 'string' },
    epochs: { type: 'string' },
  },
});
const { data, workers, batch, epochs } = values as Record<'data' | 'workers' | 'batch' | 'epochs', string>;
const plain = { localCount: 0, jitter: false, grayscale: false, blur: false, solarize: false } as const;
const loader = viewLoader({
  data: imageDataset(await openFolderSource(data)),
  recipe: { globalSize: 224, globalCount: 1, globalScale: [0.2, 1], ...plain },
  batchSize: Number(batch),
  rng: createRng(0),
  workers: Number(workers),
  cacheBytes: 0, // as if the images were too many to be kept
});

const seen = async (epoch: number) => {
  let count = 0;
  for (let place = 0; place < loader.batchesPerEpoch; place++)
    count += (await loader.batch(epoch, place)).images.length;
  return count;
};
await seen(0);
const [cpu, start] = [process.cpuUsage(), performance.now()];
let count = 0;
for (let epoch = 1; epoch <= Number(epochs); epoch++) count += await seen(epoch);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
await loader.close();
console.log(
  JSON.stringify({
    value: Number((count / seconds).toFixed(2)),
    perCpuSecond: Number((count / ((user + system) / 1e6)).toFixed(2)),
    unit: 'images/s',
    version: `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}, Node ${process.versions.node}`,
    workers: Number(workers),
    batch: Number(batch),
  }),
);
