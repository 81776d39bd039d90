// Programs as tfjs users write them, on the CPU backend and on this one.

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

import { expectAgreement, noise, noiseIntegers } from './__fixtures__/on-both-backends';

/** Losses of some ten steps: rounding to float32 in another order, stepped through an optimizer. Relative to max(1, |loss|). */
const tolerance = 1e-4;

type BackendName = 'cpu' | 'onnx';

/** What `program` returns on each backend. It must leave no tensor behind, or as many as tfjs itself loses. */
async function onBoth<Result>(program: () => Promise<Result>, lost = 0): Promise<[cpu: Result, onnx: Result]> {
  const results: Result[] = [];
  for (const backend of ['cpu', 'onnx'] satisfies BackendName[]) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    results.push(await program());
    expect(tf.memory().numTensors, `tensors left on ${backend}`).toBe(before + lost);
  }
  await tf.setBackend('onnx');
  return results as [Result, Result];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index]!;
    expect(Math.abs(value - wanted), `value ${index}: ${value}, on cpu ${wanted}`).toBeLessThan(
      tolerance * Math.max(1, Math.abs(wanted)),
    );
  });
}

let seed = 0;
const initializer = () => layers.initializers.glorotUniform({ seed: ++seed });

function classes(count: number, depth: number): tf.Tensor2D {
  return tf.tidy(
    () => tf.oneHot(noiseIntegers([count], { low: 0, high: depth, seed: 3 }) as tf.Tensor1D, depth) as tf.Tensor2D,
  );
}

/** Trains for some epochs and returns every number that fit and evaluate report, and the first predictions. */
async function fitted(
  build: () => layers.Sequential,
  inputs: () => tf.Tensor,
  labels: () => tf.Tensor,
): Promise<number[]> {
  seed = 0;
  const model = build();
  const [x, y] = [inputs(), labels()];
  const metrics = ['categoricalAccuracy'];
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics });
  const options = { epochs: 3, batchSize: 8, shuffle: false, validationSplit: 0.25, verbose: 0 } as const;
  const { history } = await model.fit(x, y, options);
  const scores = model.evaluate(x, y) as tf.Scalar[];
  const predictions = model.predict(x) as tf.Tensor;
  const numbers = [
    ...Object.values(history).flat().map(Number),
    ...scores.map((score) => score.dataSync()[0]!),
    ...(await predictions.data()).slice(0, 12),
  ];
  tf.dispose([x, y, predictions, ...scores]);
  model.optimizer.dispose();
  model.dispose();
  return numbers;
}

describe('model.fit reports the losses and accuracies of the CPU backend', () => {
  const programs = {
    'a dense network': () =>
      fitted(
        () =>
          layers.sequential({
            layers: [
              layers.layers.dense({ units: 11, activation: 'relu', inputShape: [7], kernelInitializer: initializer() }),
              layers.layers.dense({ units: 5, activation: 'softmax', kernelInitializer: initializer() }),
            ],
          }),
        () => noise([32, 7]),
        () => classes(32, 5),
      ),
    'a convolutional network with batch normalization and dropout': () =>
      fitted(
        () =>
          layers.sequential({
            layers: [
              layers.layers.conv2d({
                filters: 5,
                kernelSize: 3,
                padding: 'same',
                activation: 'relu',
                inputShape: [8, 8, 1],
                kernelInitializer: initializer(),
              }),
              layers.layers.maxPooling2d({ poolSize: 2 }),
              layers.layers.batchNormalization(),
              layers.layers.separableConv2d({
                filters: 7,
                kernelSize: 3,
                depthwiseInitializer: initializer(),
                pointwiseInitializer: initializer(),
              }),
              layers.layers.dropout({ rate: 0.25, seed: 7 }),
              layers.layers.flatten(),
              layers.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: initializer() }),
            ],
          }),
        () => noise([32, 8, 8, 1]),
        () => classes(32, 3),
      ),
    'embedding, LSTM and GRU': () =>
      fitted(
        () =>
          layers.sequential({
            layers: [
              layers.layers.embedding({
                inputDim: 13,
                outputDim: 5,
                inputLength: 6,
                embeddingsInitializer: initializer(),
              }),
              layers.layers.lstm({
                units: 7,
                returnSequences: true,
                kernelInitializer: initializer(),
                recurrentInitializer: initializer(),
              }),
              layers.layers.gru({ units: 5, kernelInitializer: initializer(), recurrentInitializer: initializer() }),
              layers.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: initializer() }),
            ],
          }),
        () => noiseIntegers([16, 6], { low: 0, high: 13 }),
        () => classes(16, 3),
      ),
  };
  it.each(Object.entries(programs))('%s', async (_, program) => {
    const [cpu, onnx] = await onBoth(program);
    expectClose(onnx, cpu);
  });
});

describe('optimizer.minimize steps as on the CPU backend', () => {
  const optimizers = {
    sgd: () => tf.train.sgd(0.05),
    momentum: () => tf.train.momentum(0.05, 0.9),
    nesterov: () => tf.train.momentum(0.05, 0.9, true),
    adagrad: () => tf.train.adagrad(0.1),
    adadelta: () => tf.train.adadelta(0.5),
    adam: () => tf.train.adam(0.05),
    adamax: () => tf.train.adamax(0.05),
    rmsprop: () => tf.train.rmsprop(0.02),
    'rmsprop, centered, with momentum': () => tf.train.rmsprop(0.02, 0.9, 0.5, 1e-7, true),
  };
  it.each(Object.entries(optimizers))('%s', async (name, create) => {
    const lost = /^(momentum|nesterov)$/.test(name) ? 1 : 0; // a scalar that tfjs's optimizer does not dispose
    const [cpu, onnx] = await onBoth(async () => {
      const optimizer = create();
      const weight = tf.tidy(() => tf.variable(noise([7, 3], { seed: 2 })));
      const [x, y] = [noise([11, 7]), noise([11, 3], { seed: 5 })];
      const losses: number[] = [];
      for (let step = 0; step < 10; step++) {
        const loss = optimizer.minimize(
          () =>
            tf.losses.meanSquaredError(y, tf.matMul(x as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D)) as tf.Scalar,
          true,
        )!;
        losses.push(loss.dataSync()[0]!);
        loss.dispose();
      }
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
      const numbers = [...losses, ...weight.dataSync()];
      tf.dispose([x, y, weight]);
      optimizer.dispose();
      return numbers;
    }, lost);
    expectClose(onnx, cpu);
  });
});

describe('derivatives agree with the CPU backend', () => {
  it('tf.grads, second derivatives and customGrad', () => {
    expectAgreement(() => {
      const clipped = tf.customGrad((x, save) => {
        (save as tf.GradSaveFunc)([x as tf.Tensor]);
        return {
          value: tf.square(x as tf.Tensor),
          gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.clipByValue(saved[0]!, -1, 1)),
        };
      });
      const [a, b] = [noise([3, 5]), noise([5, 2], { seed: 2 })];
      return [
        ...tf.grads((...[a, b]: tf.Tensor[]) => tf.sum(tf.tanh(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D))))([a, b]),
        tf.grad((x) => tf.grad((x) => tf.sum(tf.sin(tf.mul(x, x))))(x))(a),
        tf.grad((x) => clipped(x))(a),
      ];
    }, tolerance);
  });
});

describe('model.save and loadLayersModel', () => {
  it('carry a model, with its optimizer free to go on, between the backends', async () => {
    const before = tf.memory().numTensors;
    const stored: tf.io.ModelArtifacts[] = [];
    const keep = tf.io.withSaveHandler(async (artifacts) => {
      stored.push(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    await tf.setBackend('cpu');
    seed = 0;
    const model = layers.sequential({
      layers: [
        layers.layers.dense({ units: 5, activation: 'tanh', inputShape: [7], kernelInitializer: initializer() }),
        layers.layers.dense({ units: 1, kernelInitializer: initializer() }),
      ],
    });
    const x = noise([3, 7]);
    const first = model.predict(x) as tf.Tensor;
    const expected = Array.from(first.dataSync());
    await model.save(keep);
    await tf.setBackend('onnx');
    const loaded = await layers.loadLayersModel(tf.io.fromMemory(stored[0]!));
    const second = loaded.predict(x) as tf.Tensor;
    expectClose(Array.from(second.dataSync()), expected);
    loaded.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const target = tf.zeros([3, 1]);
    await loaded.fit(x, target, { epochs: 2, verbose: 0 });
    await loaded.save(keep);
    const weights = new Float32Array(tf.io.CompositeArrayBuffer.join(stored[1]!.weightData));
    expect(weights).toHaveLength(7 * 5 + 5 + 5 + 1);
    expectClose(
      Array.from(weights),
      loaded.getWeights().flatMap((weight) => Array.from(weight.dataSync())),
    );
    loaded.optimizer.dispose();
    tf.dispose([x, first, second, target]);
    model.dispose();
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
