import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fromBinary } from '@bufbuild/protobuf';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { noise } from '../__fixtures__/noise';
import '../__fixtures__/on-both-backends';
import { createPatchGrid, createRng } from '@semmae/core';
import { maskBatch, randomMasking } from '@semmae/masking';
import { ViTEncoder } from '@semmae/vit';
import * as layers from '@tensorflow/tfjs-layers';

import { ModelProtoSchema } from '../generated/onnx_pb';
import { exportOnnx } from './export-onnx';

let folder: string;
let path: string;
let tensors: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-onnx-'));
  path = join(folder, 'model.onnx');
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  expect(tf.memory().numTensors).toBe(tensors);
});

/** What plain ONNX Runtime computes from the file. */
async function runFile(
  feeds: Record<string, tf.Tensor>,
): Promise<Record<string, { dims: readonly number[]; data: number[] }>> {
  const session = await InferenceSession.create(path);
  const fed = Object.entries(feeds).map(([name, tensor]) => [
    name,
    new OrtTensor(tensor.dtype as 'float32' | 'int32', tensor.dataSync().slice(), tensor.shape),
  ]);
  const results = await session.run(Object.fromEntries(fed));
  const plain = Object.entries(results).map(([name, { dims, data }]) => [
    name,
    { dims, data: Array.from(data as Float32Array) },
  ]);
  await session.release();
  return Object.fromEntries(plain);
}

/** A variable, and nothing else. */
function variable(values: tf.Tensor, name?: string): tf.Variable {
  const made = tf.variable(values, true, name);
  values.dispose();
  return made;
}

/** The file gives what tfjs gives, within the rounding of another order of the same sums. */
async function expectSame(
  compute: (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  inputs: Record<string, tf.Tensor>,
): Promise<void> {
  const results = await runFile(inputs);
  const expected = tf.tidy(() => compute(inputs));
  expect(Object.keys(results).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, tensor] of Object.entries(expected)) {
    expect(results[name]!.dims).toEqual(tensor.shape);
    const values = tensor.dataSync();
    results[name]!.data.forEach((value, index) => {
      expect(Math.abs(value - values[index]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(values[index]!)));
    });
  }
  tf.dispose(expected);
}

const readGraph = () => fromBinary(ModelProtoSchema, readFileSync(path)).graph!;

const canImport = (module: string) => spawnSync('python3', ['-c', `import ${module}`]).status === 0;
const hasChecker = canImport('onnx');
const hasPythonRuntime = canImport('onnxruntime, numpy');

/** The ONNX checker, where the Python package onnx is installed. */
function check(): void {
  if (!hasChecker) return;
  const script = 'import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)';
  const { status, stderr } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

describe('exportOnnx', () => {
  it('writes a trained encoder: names, fixed shapes, standard operators only', async () => {
    const encoder = new ViTEncoder({
      imageHeight: 12,
      imageWidth: 8,
      patchSize: 4,
      width: 12,
      depth: 2,
      heads: 3,
      seed: 1,
    });
    const rng = createRng(2);
    const grid = createPatchGrid(encoder.grid.rows, encoder.grid.columns);
    const { visible, visibleCount } = maskBatch(
      [1, 2].map(() => randomMasking({ maskRatio: 0.5 }).sample({ grid, progress: 0 }, rng)),
    );
    const inputs = { images: noise([2, 12, 8, 3]), visible: tf.tensor2d(visible, [2, visibleCount], 'int32') };
    const compute = (given: Record<string, tf.Tensor>) => {
      const { classToken, patchTokens } = encoder.encode(given.images as tf.Tensor4D, {
        visible: given.visible as tf.Tensor2D,
      });
      return { classToken: classToken!, patchTokens };
    };
    const exported = exportOnnx(compute, inputs, path);
    expect(exported).toEqual({
      inputs: ['images', 'visible'],
      outputs: ['classToken', 'patchTokens'],
      dataPath: undefined,
      customOperators: [],
    });
    const { initializer, node } = readGraph();
    const names = initializer.map(({ name }) => name);
    for (const { name } of encoder.variables()) expect(names).toContain(name);
    expect(node.some(({ opType }) => opType === 'FusedMatMul')).toBe(false);
    check();
    await expectSame(compute, inputs);
    tf.dispose([...Object.values(inputs), ...encoder.weights.map((weight) => weight.read())]);
  });

  it.each([1, 2, 5])('runs on a batch of %i where the batch is free', async (batchSize) => {
    const encoder = new ViTEncoder({
      ...{ imageHeight: 12, imageWidth: 20, patchSize: 8, patchStride: 4, width: 12, depth: 2, heads: 3, seed: 1 },
      positionGrid: { rows: 2, columns: 7 },
    });
    const compute = (given: Record<string, tf.Tensor>) => {
      const images = tf.transpose(given.images!, [0, 2, 3, 1]) as tf.Tensor4D;
      const { classToken, patchTokens } = encoder.encode(images);
      return {
        classToken: classToken!,
        rows: tf.reshape(patchTokens, [-1, 12]),
        same: given.images!,
        last: tf.slice(given.images!, 0, 1),
      };
    };
    const [example, images] = [tf.zeros([1, 3, 12, 20]), noise([batchSize, 3, 12, 20])];
    const metadata = { normalization: 'none' };
    encoder.variables();
    const plainNames = new Map([...encoder.namedVariables()].map(([name, weight]) => [weight, name]));
    const variableName = (weight: tf.Variable) => plainNames.get(weight)!;
    const exported = exportOnnx(compute, { images: example }, path, { freeBatch: true, metadata, variableName });
    expect(exported.customOperators).toEqual([]);
    const { graph, metadataProps } = fromBinary(ModelProtoSchema, readFileSync(path));
    expect(metadataProps).toMatchObject([{ key: 'normalization', value: 'none' }]);
    expect(graph!.initializer.map(({ name }) => name)).toEqual(expect.arrayContaining(['cls_token', 'norm.gamma']));
    const operators = graph!.node.map(({ opType, input }) => `${opType} ${input.length}`);
    const count = (operator: string) => operators.filter((other) => other === operator).length;
    expect([count('LayerNormalization 3'), count('Gelu 1'), count('Erf 1')]).toEqual([5, 2, 0]); // of two blocks and the end
    const sizesOf = ({ type }: (typeof graph & object)['output'][number]) =>
      type?.value.case === 'tensorType' ? type.value.value.shape!.dim.map(({ value }) => value.value) : [];
    expect([...graph!.input, ...graph!.output].map(sizesOf)).toEqual([
      ['batch', 3n, 12n, 20n],
      ['batch', 12n],
      [1n, 3n, 12n, 20n],
      ['15*batch', 12n],
      ['batch', 3n, 12n, 20n],
    ]);
    check();
    await expectSame(compute, { images });
    tf.dispose([example, images, ...encoder.weights.map((weight) => weight.read())]);
  });

  it('keeps the parts of norms and of x Φ(x) that others read', async () => {
    const gamma = variable(noise([5]), 'gamma');
    const compute = ({ x }: Record<string, tf.Tensor>) => {
      const centered = tf.sub(x!, tf.mean(x!, -1, true));
      const normalized = tf.mul(centered, tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), 1e-6)));
      const u = tf.mul(x!, Math.SQRT1_2);
      const distribution = tf.add(tf.mul(tf.erf(u), 0.5), 0.5);
      const tanh = tf.mul(tf.mul(u, tf.tanh(u)), Math.SQRT2);
      const norm = tf.add(tf.mul(normalized, gamma), gamma);
      return { norm, normalized, gelu: tf.mul(tf.mul(u, distribution), Math.SQRT2), distribution, tanh };
    };
    const x = noise([3, 5], { seed: 4 });
    exportOnnx(compute, { x }, path);
    check();
    await expectSame(compute, { x });
    tf.dispose([gamma, x]);
  });

  it('says which op cannot have a free batch', () => {
    const x = noise([2, 5]);
    const free = (compute: (input: tf.Tensor) => tf.Tensor) => () =>
      exportOnnx((input) => compute(input as tf.Tensor), x, path, { freeBatch: true });
    expect(free((input) => tf.matMul(tf.fill([5, input.shape[0]!], 2), input as tf.Tensor2D))).not.toThrow();
    expect(free((input) => tf.mul(input, 1 / input.shape[0]!))).toThrow(
      'with freeBatch, Multiply must do the same to batches of all sizes, got the constants float32[] and float32[]; compute image by image',
    );
    expect(free((input) => (input.shape[0] === 2 ? tf.exp(input) : tf.neg(input)))).toThrow(
      /Exp must do the same.*got Exp and Neg/,
    );
    expect(free((input) => tf.add(input, tf.randomNormal([5])))).toThrow(/must do the same to batches/);
    expect(
      free((input) => tf.reshape(tf.matMul(input as tf.Tensor2D, input as tf.Tensor2D, false, true), [-1])),
    ).toThrow(/MatMul|Reshape/);
    const scalar = tf.scalar(1);
    expect(() => exportOnnx((input) => tf.neg(input as tf.Tensor), scalar, path, { freeBatch: true })).toThrow(
      'every input must have a batch axis, got a scalar',
    );
    tf.dispose([x, scalar]);
  });

  it('writes a convolutional tfjs-layers model that was not built yet', async () => {
    const model = layers.sequential({
      layers: [
        layers.layers.conv2d({
          filters: 3,
          kernelSize: 2,
          activation: 'relu',
          inputShape: [5, 7, 2],
          name: 'convolution',
        }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.batchNormalization({ name: 'norm' }),
        layers.layers.flatten(),
        layers.layers.dense({ units: 4, activation: 'softmax', name: 'head' }),
      ],
    });
    const x = noise([3, 5, 7, 2]);
    const compute = ({ x: images }: Record<string, tf.Tensor>) => ({
      probabilities: model.predict(images!) as tf.Tensor,
    });
    exportOnnx(compute, { x }, path);
    expect(readGraph().initializer.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['convolution/kernel', 'head/bias', 'norm/gamma']),
    );
    check();
    await expectSame(compute, { x });
    tf.dispose([x, ...model.weights.map((weight) => weight.read())]);
  });

  it('lowers products with transposed sides, of matrices and of stacks of them', async () => {
    const weight = variable(noise([3, 5]), 'projection');
    const inputs = { a: noise([2, 5, 7]), b: noise([2, 11, 7], { seed: 2 }), c: noise([13, 3], { seed: 3 }) };
    const compute = ({ a, b, c }: Record<string, tf.Tensor>) => ({
      both: tf.matMul(b!, a!, false, true),
      weighted: tf.matMul(weight as tf.Tensor as tf.Tensor2D, c as tf.Tensor2D, true, true),
    });
    expect(exportOnnx(compute, inputs, path).customOperators).toEqual([]);
    check();
    await expectSame(compute, inputs);
    tf.dispose([weight, ...Object.values(inputs)]);
  });

  it('keeps apart what shares memory: inputs and weights in several shapes, results that are inputs, weights or equal', async () => {
    const weight = variable(noise([2, 3]), 'n0_0'); // a name that the graph itself would use
    const captured = noise([3, 2], { seed: 5 });
    const inputs = { x: noise([3, 2], { seed: 2 }), unused: noise([5]) };
    const compute = ({ x }: Record<string, tf.Tensor>) => {
      const sum = tf.add(tf.reshape(x!, [2, 3]), weight);
      const flat = tf.add(tf.reshape(weight, [3, 2]), tf.add(x!, captured));
      return {
        sum,
        again: sum,
        flat,
        same: tf.clone(x!),
        parameter: tf.reshape(weight, [6]),
        ones: tf.ones([2]),
        sizes: tf.tensor1d([4, 5], 'int32'),
      };
    };
    expect(exportOnnx(compute, inputs, path).inputs).toEqual(['unused', 'x']);
    expect(readGraph().initializer.filter(({ name }) => name === 'n0_0')).toHaveLength(1);
    check();
    await expectSame(compute, inputs);
    tf.dispose([weight, captured, ...Object.values(inputs)]);
  });

  it('writes the present weights, and large ones beside the model', async () => {
    const weight = variable(noise([37, 41]), 'large');
    const second = variable(noise([41, 43], { seed: 2 }), 'larger');
    tf.tidy(() => weight.assign(tf.mul(weight, 2)));
    const x = noise([2, 37]);
    const compute = ({ x: input }: Record<string, tf.Tensor>) => ({
      y: tf.matMul(
        tf.matMul(input as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D),
        second as tf.Tensor as tf.Tensor2D,
      ),
    });
    const { dataPath } = exportOnnx(compute, { x }, path, { externalDataFrom: 5000 });
    expect(dataPath).toBe(`${path}.data`);
    expect(statSync(path).size).toBeLessThan(2000);
    expect(statSync(dataPath!).size).toBe(8192 + 41 * 43 * 4); // the first takes 6068 bytes: two pages
    expect(readdirSync(folder)).toHaveLength(2);
    check();
    await expectSame(compute, { x });
    tf.dispose([weight, second, x]);
  });

  it('names a lone input and a lone result', async () => {
    const x = noise([3]);
    expect(exportOnnx((input) => tf.exp(input as tf.Tensor), x, path)).toMatchObject({
      inputs: ['input'],
      outputs: ['output'],
    });
    await expectSame(({ input }) => ({ output: tf.exp(input!) }), { input: x });
    x.dispose();
  });

  it.skipIf(!hasPythonRuntime)('runs in the onnxruntime of Python', () => {
    const x = tf.tensor1d([1, 2, 3]);
    exportOnnx((input) => tf.softmax(input as tf.Tensor), x, path);
    const script =
      'import onnxruntime, numpy, sys; print(*onnxruntime.InferenceSession(sys.argv[1]).run(None, {"input": numpy.array([1, 2, 3], "float32")})[0])';
    const { stdout } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
    expect(stdout.trim().split(' ').map(Number)).toEqual(
      [0.09003057, 0.24472848, 0.66524094].map((value) => expect.closeTo(value, 6)),
    ); // by hand
    x.dispose();
  });

  it('refuses what has no meaning in a file, and leaves an older file alone', () => {
    const weight = variable(noise([3]), 'counter');
    const x = noise([3]);
    writeFileSync(path, 'older');
    const trained = (input: tf.Tensor | Record<string, tf.Tensor>) => {
      tf.tidy(() => weight.assign(tf.add(weight, input as tf.Tensor)));
      return tf.neg(weight);
    };
    expect(() => exportOnnx(trained, x, path)).toThrow(
      'exportOnnx: the function must not make or assign variables, got counter; export the forward pass alone',
    );
    expect(() => exportOnnx((input) => tf.add(input as tf.Tensor, tf.randomNormal([3])), x, path)).toThrow(
      /two traces of a step must be equal/,
    );
    expect(() => exportOnnx(({ x: same }) => ({ x: tf.neg(same!) }), { x }, path)).toThrow(
      'inputs and results must have different names, got x',
    );
    expect(readFileSync(path, 'utf8')).toBe('older');
    const nowhere = join(folder, 'missing', 'model.onnx');
    expect(() => exportOnnx((input) => tf.neg(input as tf.Tensor), x, nowhere)).toThrow(
      /exportOnnx: .*model.onnx must be writable, got ENOENT.*; make the folder/,
    );
    expect(existsSync(`${path}.data`)).toBe(false);
    tf.setBackend('cpu');
    expect(() => exportOnnx((input) => tf.neg(input as tf.Tensor), x, path)).toThrow(
      "call tf.setBackend('onnx') first",
    );
    tf.setBackend('onnx');
    tf.dispose([weight, x]);
  });
});
