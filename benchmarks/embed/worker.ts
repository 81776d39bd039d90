// `embed` in a process of its own, timed from the files to the file, the encoder already loaded and compiled for whole batches, as the
// peer's is warm. Prints one JSON line.

import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { embed, loadEncoder, selectBackend } from '@semmae/pipeline';

import { peakMegabytes } from '../engine/peak-memory';
import { rounded } from '../engine/statistics';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    data: { type: 'string' },
    out: { type: 'string' },
    batch: { type: 'string', default: '16' },
    threads: { type: 'string' },
  },
});
const { model: path, data, out } = options as Record<'model' | 'data' | 'out', string>;
const batchSize = Number(options.batch);

const { description, compile } = await selectBackend('cpu', { threads: Number(options.threads) });
const model = await loadEncoder(path);
const warm = `${out}.warm.npy`;
await embed({ model, data: `built-in:${batchSize}`, out: warm, batchSize, compile });
// The file of the round before would be taken as done.
for (const file of [warm, out].flatMap((file) => [file, `${file}.json`])) rmSync(file, { force: true });

const start = performance.now();
const { count, imagesPerSecond } = await embed({ model, data, out, batchSize, compile });
const seconds = (performance.now() - start) / 1000;
console.log(
  JSON.stringify({
    value: rounded(count / seconds),
    encoding: rounded(imagesPerSecond),
    unit: 'images/s',
    version: description,
    batch: batchSize,
    peakMegabytes: peakMegabytes(),
  }),
);
