// One of our contestants in a process of its own: a few MAE steps on one tfjs backend; prints one JSON line, as the Python peers do.
// With --write-start FOLDER it only writes its weights and batch there. --provider and --batch are for runs by hand on a GPU.

import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { compile, type OnnxProvider, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import { runDirectly } from '@semmae/train';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';

import { maeTask } from './mae-task';
import { type ModelName, modelSizes } from './model-sizes';
import { peakMegabytes, residentMegabytes } from './peak-memory';
import { median, relativeRange, rounded } from './statistics';
import { writeStart } from './write-start';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'onnx' },
    compile: { type: 'boolean', default: false },
    model: { type: 'string', default: 'small' },
    threads: { type: 'string', default: '1' },
    provider: { type: 'string', default: 'cpu' },
    batch: { type: 'string' },
    warmup: { type: 'string', default: '3' },
    steps: { type: 'string', default: '10' },
    'write-start': { type: 'string' },
  },
});

const importMegabytes = residentMegabytes();
const ownSize = modelSizes[options.model as ModelName];
const size = { ...ownSize, batch: Number(options.batch ?? ownSize.batch) };
const warmUp = Number(options.warmup);
await registerOnnxBackend({ threads: Number(options.threads), provider: options.provider as OnnxProvider });
await tf.setBackend(options.backend);
const task = maeTask(size, options.compile ? compile : runDirectly);

if (options['write-start'] === undefined) measure();
else {
  writeStart(options['write-start'], task);
  console.log(JSON.stringify({ written: options['write-start'] }));
}

function measure(): void {
  const seconds: number[] = [];
  const losses: number[] = [];
  for (let index = 1; index <= warmUp + Number(options.steps); index++) {
    const start = performance.now();
    losses.push(task.step(index));
    seconds.push((performance.now() - start) / 1000);
  }
  const timed = seconds.slice(warmUp);
  console.log(
    JSON.stringify({
      value: rounded(size.batch / median(timed)),
      unit: 'images/s',
      spread: rounded(relativeRange(timed)),
      version: `tfjs ${tf.version_core} on ${engine()}`,
      batch: size.batch,
      parameters: task.parameters,
      firstStepSeconds: rounded(seconds[0]!),
      importMegabytes,
      peakMegabytes: peakMegabytes(),
      losses: losses.slice(0, 5),
    }),
  );
}

function engine(): string {
  if (options.backend !== 'onnx') return options.backend;
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return `ONNX Runtime ${version}${options.provider === 'cpu' ? '' : ` ${options.provider}`}`;
}
