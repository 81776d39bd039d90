// Many steps of the tiny model in a process of its own: does memory or the number of tensors grow? Prints one JSON line.
// --way compiled, traced, or varying: traced steps whose batch size differs from step to step, so that several graphs live in the cache.

import { parseArgs } from 'node:util';

import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import { runDirectly } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';

import { maeBatch, maeTask } from './mae-task';
import { modelSizes } from './model-sizes';
import { residentMegabytes } from './peak-memory';

const { values: options } = parseArgs({
  options: {
    way: { type: 'string', default: 'compiled' },
    threads: { type: 'string', default: '1' },
    steps: { type: 'string', default: '1000' },
  },
});

/** Steps before the first count: graphs compile, arenas and JavaScript's heap reach their size. */
const warmUp = 300;
const batchSizes = options.way === 'varying' ? [1, 2, 3, 4, 5] : [modelSizes.tiny.batch];

registerOnnxBackend({ threads: Number(options.threads) });
await tf.setBackend('onnx');
const task = maeTask(modelSizes.tiny, options.way === 'compiled' ? compile : runDirectly);
const batches = batchSizes.map((batchSize) => maeBatch(task.encoder, batchSize));

let taken = 0;
run(warmUp);
const before = count();
run(Number(options.steps));
const after = count();
const lastLoss = task.step(++taken);
console.log(
  JSON.stringify({
    value: after.megabytes - before.megabytes,
    unit: 'MB',
    version: `tfjs ${tf.version_core} on onnx`,
    tensors: after.tensors - before.tensors,
    steps: Number(options.steps),
    residentMegabytes: after.megabytes,
    lastLoss,
  }),
);

function run(steps: number): void {
  for (const last = taken + steps; taken < last; ) {
    taken += 1;
    task.step(taken, batches[taken % batches.length]);
  }
}

function count(): { megabytes: number; tensors: number } {
  globalThis.gc?.();
  return { megabytes: residentMegabytes() ?? Number.NaN, tensors: tf.memory().numTensors };
}
