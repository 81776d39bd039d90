// Small training runs that are the same everywhere: on any backend, in Node and in a browser, their losses must agree.

import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's operations too

import type { compile as compileStep } from '../compile/compile';
import { noise } from './noise';

export interface TrainingRun {
  losses: number[];
  /** Median time of the steps after the first two, which trace and compile. */
  millisecondsPerStep: number;
}

type Compile = typeof compileStep;

/** A perceptron [B, 13] -> [B, 5] with one hidden layer, trained by Adam. */
export async function trainPerceptron(compile: Compile, steps: number): Promise<TrainingRun> {
  const weights = [weight([13, 31], 1), weight([31, 5], 2)] as const;
  const optimizer = tf.train.adam(0.01);
  const step = compile((inputs, targets) => {
    const loss = () => {
      const hidden = tf.tanh(tf.matMul(inputs as tf.Tensor, weights[0]));
      return tf.mean(tf.squaredDifference(tf.matMul(hidden, weights[1]), targets as tf.Tensor)) as tf.Scalar;
    };
    return optimizer.minimize(loss, true, [...weights])!;
  });
  const run = await measure(
    steps,
    (index) => step(noise([17, 13], { seed: index }), noise([17, 5], { seed: index + 100 })) as tf.Tensor,
  );
  optimizer.dispose();
  tf.dispose([...weights]);
  return run;
}

/** Sizes of the masked autoencoder: B images of N patches with P values, K of them visible; tokens of width D. */
export interface AutoencoderSize {
  batch: number;
  patches: number;
  visible: number;
  values: number;
  width: number;
}

const smallest: AutoencoderSize = { batch: 2, patches: 11, visible: 3, values: 7, width: 16 };

/** A masked autoencoder: one transformer block over the visible tokens, one over all; the loss is on masked patches only. */
export async function trainMaskedAutoencoder(
  compile: Compile,
  steps: number,
  { batch, patches, visible, values, width }: AutoencoderSize = smallest,
): Promise<TrainingRun> {
  const embedding = weight([values, width], 1);
  const maskToken = weight([1, 1, width], 2);
  const head = weight([width, values], 3);
  const blocks = [block(width, 10), block(width, 20)] as const;
  const positions = tf.keep(noise([1, patches, width], { seed: 4, low: -0.2, high: 0.2 }));
  const weights = [embedding, maskToken, head, ...blocks.flatMap(({ variables }) => variables)];
  const optimizer = tf.train.adam(0.003);
  const step = compile((images, order) => {
    const loss = () => {
      // one order for the whole batch: its first K patches are visible
      const [seen, hidden] = tf.split(tf.gather(images as tf.Tensor, order as tf.Tensor1D, 1), [visible, -1], 1);
      const [near, far] = tf.split(tf.gather(positions, order as tf.Tensor1D, 1), [visible, -1], 1);
      const encoded = blocks[0].apply(tf.add(linear(seen!, embedding), near!)); // [B, K, D]
      const masked = tf.add(tf.zeros([batch, patches - visible, width]), tf.add(maskToken, far!)); // [B, N-K, D]
      const decoded = blocks[1].apply(tf.concat([encoded, masked], 1)); // [B, N, D]
      const predicted = linear(tf.slice(decoded, [0, visible, 0]), head); // [B, N-K, P]
      return tf.mean(tf.squaredDifference(predicted, hidden!)) as tf.Scalar;
    };
    return optimizer.minimize(loss, true, weights)!;
  });
  const run = await measure(steps, (index) => {
    const images = noise([batch, patches, values], { seed: index });
    return step(images, tf.tensor1d(patchOrder(patches, index), 'int32')) as tf.Tensor;
  });
  optimizer.dispose();
  tf.dispose([...weights, positions]);
  return run;
}

/** `model.fit` of tfjs-layers, as it is. */
export async function fitLayersModel(epochs: number): Promise<TrainingRun> {
  const model = sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1], weights: [...kernels()] }),
      layers.flatten(),
      layers.dense({ units: 2, weights: [noise([108, 2], { seed: 7, low: -0.1, high: 0.1 }), tf.zeros([2])] }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError', metrics: ['mae'] });
  const images = noise([10, 8, 8, 1]);
  const targets = noise([10, 2], { seed: 2 });
  const start = tf.util.now();
  const { history } = await model.fit(images, targets, { epochs, batchSize: 5, shuffle: false, verbose: 0 });
  const millisecondsPerStep = (tf.util.now() - start) / (2 * epochs);
  model.dispose();
  tf.dispose([images, targets]);
  return { losses: [...(history.loss as number[]), ...(history.mae as number[])], millisecondsPerStep };
}

async function measure(steps: number, run: (index: number) => tf.Tensor): Promise<TrainingRun> {
  const losses: number[] = [];
  const times: number[] = [];
  for (let index = 0; index < steps; index++) {
    const start = tf.util.now();
    const loss = tf.tidy(() => run(index));
    losses.push((await loss.data())[0]!);
    loss.dispose();
    times.push(tf.util.now() - start);
  }
  const steady = times.slice(2).sort((a, b) => a - b);
  return { losses, millisecondsPerStep: steady[Math.floor(steady.length / 2)] ?? Number.NaN };
}

function block(width: number, seed: number): { variables: tf.Variable[]; apply(tokens: tf.Tensor): tf.Tensor } {
  const queryKeyValue = [1, 2, 3].map((index) => weight([width, width], seed + index));
  const projection = weight([width, width], seed + 4);
  const wide = weight([width, 4 * width], seed + 5);
  const narrow = weight([4 * width, width], seed + 6);
  return {
    variables: [...queryKeyValue, projection, wide, narrow],
    apply(tokens) {
      const normal = normalize(tokens);
      const [queries, keys, values] = queryKeyValue.map((matrix) => linear(normal, matrix));
      const scores = tf.softmax(tf.mul(tf.matMul(queries!, keys!, false, true), width ** -0.5));
      const attended = tf.add(tokens, linear(tf.matMul(scores, values!), projection));
      return tf.add(attended, linear(gelu(linear(normalize(attended), wide)), narrow));
    },
  };
}

function normalize(tokens: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(tokens, -1, true);
  return tf.mul(tf.sub(tokens, mean), tf.rsqrt(tf.add(variance, 1e-6)));
}

function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/** x [B, N, I] times matrix [I, O]. */
function linear(x: tf.Tensor, matrix: tf.Tensor): tf.Tensor {
  const [batch, tokens, inputs] = x.shape as [number, number, number];
  return tf.reshape(tf.matMul(tf.reshape(x, [batch * tokens, inputs]), matrix), [batch, tokens, -1]);
}

function weight(shape: number[], seed: number): tf.Variable {
  const bound = shape[0]! ** -0.5;
  return tf.variable(noise(shape, { seed, low: -bound, high: bound }));
}

function kernels(): [tf.Tensor, tf.Tensor] {
  return [noise([3, 3, 1, 3], { seed: 5, low: -0.3, high: 0.3 }), tf.zeros([3])];
}

/** Some permutation of the patches: 7 is prime to their number. */
function patchOrder(patches: number, index: number): number[] {
  return Array.from({ length: patches }, (_, position) => (position * 7 + index) % patches);
}
