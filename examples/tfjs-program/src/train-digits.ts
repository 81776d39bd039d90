// Trains a small network on digits with model.fit, on the tfjs backend of your choice.

import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';

import { classCount, drawDigits, side } from './digits';
import { createModel, type ModelName, modelNames } from './models';

/** What one imports for each backend: the only line of this program that knows which one it is. */
const backends = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  onnx: () => import('@semmae/tfjs-backend-onnx/register'),
};
type BackendName = keyof typeof backends;

const seeds = { training: 1, test: 2 };

async function main(): Promise<void> {
  const { backend, model: modelName, epochs, images, batch } = readOptions();
  await backends[backend]();
  await tf.setBackend(backend);

  const training = digitTensors(images, seeds.training);
  const test = digitTensors(256, seeds.test);
  const model = createModel(modelName);
  console.log(`${modelName} network, ${model.countParams()} parameters, ${images} images, backend ${tf.getBackend()}`);

  const seconds: number[] = [];
  let start = performance.now();
  await model.fit(training.pictures, training.classes, {
    epochs,
    batchSize: batch,
    shuffle: false,
    verbose: 0,
    callbacks: {
      onEpochBegin: () => {
        start = performance.now();
      },
      onEpochEnd: (epoch, logs) => {
        seconds.push((performance.now() - start) / 1000);
        console.log(`epoch ${epoch + 1}: ${seconds.at(-1)!.toFixed(3)} s, loss ${logs!.loss!.toFixed(4)}`);
      },
    },
  });

  const [, accuracy] = model.evaluate(test.pictures, test.classes) as tf.Scalar[];
  const share = (await accuracy!.data())[0]!;
  const warm = seconds.length > 1 ? seconds.slice(1) : seconds; // the first epoch also compiles
  const median = warm.toSorted((a, b) => a - b)[Math.floor(warm.length / 2)]!;
  console.log(`${median.toFixed(3)} s per epoch, ${(images / median).toFixed(0)} images/s`);
  console.log(`accuracy on 256 new images: ${(100 * share).toFixed(1)} %`);
}

function digitTensors(count: number, seed: number): { pictures: tf.Tensor4D; classes: tf.Tensor2D } {
  const { pixels, labels } = drawDigits(count, seed);
  return {
    pictures: tf.tensor4d(pixels, [count, side, side, 1]),
    classes: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), classCount) as tf.Tensor2D),
  };
}

interface Options {
  backend: BackendName;
  model: ModelName;
  epochs: number;
  images: number;
  batch: number;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      backend: { type: 'string', default: 'onnx' },
      model: { type: 'string', default: 'convolutional' },
      epochs: { type: 'string', default: '5' },
      images: { type: 'string', default: '1024' },
      batch: { type: 'string', default: '64' },
    },
  });
  return {
    backend: oneOf('backend', values.backend, Object.keys(backends) as BackendName[]),
    model: oneOf('model', values.model, modelNames),
    epochs: positiveInteger('epochs', values.epochs),
    images: positiveInteger('images', values.images),
    batch: positiveInteger('batch', values.batch),
  };
}

function oneOf<Name extends string>(option: string, given: string, allowed: readonly Name[]): Name {
  const name = allowed.find((candidate) => candidate === given);
  if (name !== undefined) return name;
  throw new Error(`--${option}: must be one of ${allowed.join(', ')}, got ${given}; choose one of them`);
}

function positiveInteger(option: string, given: string): number {
  const value = Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${option}: must be a positive integer, got ${given}; leave it out for the default`);
}

try {
  await main();
} catch (error) {
  const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
  console.error(firstLine);
  process.exitCode = 1;
}
