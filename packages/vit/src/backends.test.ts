// A gradient step with all that self-distillation asks of the models: compiled on ONNX Runtime, on wasm and on the CPU backend.

import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { createRng } from '@semmae/core';
import { compile, registerOnnxBackend } from '@semmae/tfjs-backend-onnx';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';

import { drawPathGains } from './path-gains';
import { ProjectionHead } from './projection-head';
import { ViTEncoder } from './vit-encoder';
import type { ViTEncoderConfig } from './vit-encoder-config';

const size = { imageHeight: 12, imageWidth: 20, patchSize: 4, width: 12, depth: 2, heads: 3, mlpRatio: 2, seed: 3 };
const batchSize = 5;
const runDirectly = (step: Step) => step;

beforeAll(async () => {
  await registerOnnxBackend();
});

type Tensors = Record<string, tf.Tensor>;
type Step = (inputs: tf.Tensor | Tensors) => tf.Tensor | Tensors;

/** Loss and gradients of all trained weights, for images of 28 x 8 and of 8 x 12 pixels: two grids that are not the configured one. */
async function gradients(
  backend: string,
  config: ViTEncoderConfig,
  compiler: (step: Step) => Step,
): Promise<Map<string, Float32Array>> {
  await tf.setBackend(backend);
  tf.engine().startScope();
  const encoder = new ViTEncoder(config);
  const head = new ProjectionHead({
    inputWidth: 12,
    hiddenWidth: 17,
    bottleneckWidth: 7,
    prototypes: 11,
    patchPrototypes: 13,
    seed: 4,
  });
  const variables = [...encoder.variables(), ...head.variables()];
  const rng = createRng(6);
  // Away from zeros and ones, so that every gradient is of a size to compare.
  for (const variable of variables) {
    const noise = Float32Array.from({ length: variable.size }, () => 0.2 * rng.normal());
    variable.assign(tf.add(variable, tf.tensor(noise, variable.shape)));
  }
  const { patchCount } = encoder.gridOf(28, 8);
  const images = Float32Array.from({ length: batchSize * 28 * 8 * 3 }, rng.normal);
  const crops = Float32Array.from({ length: batchSize * 8 * 12 * 3 }, rng.normal);
  const hidden = Float32Array.from({ length: batchSize * patchCount }, () => rng.integer(2));
  const gains = drawPathGains({ depth: 2, batchSize, dropPath: 0.4, rng });
  const targets = Float32Array.from({ length: batchSize * (1 + patchCount) * 13 }, rng.normal);
  const step = compiler((group) => {
    const inputs = group as Tensors;
    const { value, grads } = tf.variableGrads(() => {
      const { pooled, patchTokens, classQuery, patchKeys } = encoder.encode(inputs.images as tf.Tensor4D, {
        hidden: inputs.hidden as tf.Tensor2D,
        pathGains: inputs.pathGains as tf.Tensor2D,
        lastBlock: true,
      });
      const local = encoder.encode(inputs.crops as tf.Tensor4D);
      const ofClass = tf.softmax(head.apply(tf.concat([pooled, local.pooled])) as tf.Tensor);
      const tokens = tf.reshape(patchTokens, [batchSize * patchCount, 12]);
      const ofPatches = tf.logSoftmax(head.apply(tokens, { patch: true }) as tf.Tensor);
      const match = tf.mean(tf.mul(ofPatches, inputs.targets!));
      const similarity = tf.mean(tf.mul(patchKeys!, tf.reshape(classQuery!, [batchSize, 1, 12])));
      return tf.addN([tf.mean(tf.square(ofClass)), match, similarity]) as tf.Scalar;
    }, variables);
    return { loss: value, ...grads };
  });
  const inputs = {
    images: tf.tensor(images, [batchSize, 28, 8, 3]),
    crops: tf.tensor(crops, [batchSize, 8, 12, 3]),
    hidden: tf.tensor(hidden, [batchSize, patchCount]),
    pathGains: tf.tensor(gains, [4, batchSize]),
    targets: tf.tensor(targets.subarray(0, batchSize * patchCount * 13), [batchSize * patchCount, 13]),
  };
  step(inputs); // the second call runs the compiled graph in any case
  const results = step(inputs) as Tensors;
  const values = new Map<string, Float32Array>();
  for (const name of ['loss', ...variables.map((variable) => variable.name)]) {
    // tfjs appends _1, _2 … to names that were used before.
    values.set(name.replace(/_\d+$/, ''), (await results[name]!.data<'float32'>()).slice());
  }
  encoder.dispose();
  head.dispose();
  tf.engine().endScope();
  return values;
}

it.each([
  ['learned positions', { ...size, positions: 'learned', maskToken: true }],
  [
    'overlapping patches',
    { ...size, patchStride: 2, trainablePositions: true, positionInterpolation: 'dino', maskToken: true },
  ],
  [
    'registers, LayerScale, SwiGLU and patches that are not square',
    {
      ...{ ...size, patchSize: { height: 4, width: 2 }, positionInterpolation: 'antialias', maskToken: true },
      ...{ positions: 'learned', registers: 2, layerScale: 0.5, mlp: 'swiglu', preNorm: true, normEpsilon: 1e-3 },
    },
  ],
  [
    'the norm of the mean, no biases',
    { ...size, finalNorm: 'pooled', qkvBias: false, patchBias: false, maskToken: true },
  ],
] satisfies [string, ViTEncoderConfig][])('%s: the same loss and gradients everywhere', async (_, config) => {
  const before = tf.memory().numTensors;
  const expected = await gradients('cpu', config, runDirectly);
  for (const got of [await gradients('onnx', config, compile), await gradients('wasm', config, runDirectly)]) {
    expect([...got.keys()]).toEqual([...expected.keys()]);
    for (const [name, values] of expected) {
      const largest = Math.max(...values.map(Math.abs));
      expect(largest, name).toBeGreaterThan(0);
      const furthest = Math.max(...values.map((value, index) => Math.abs(value - got.get(name)![index]!)));
      // Float32 engines that sum some hundred terms of the size of the largest gradient in different orders.
      expect(furthest, name).toBeLessThan(1e-5 * Math.max(1, largest));
    }
  }
  expect(tf.memory().numTensors).toBe(before);
});
