import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

import { noise } from '../__fixtures__/noise';
import '../__fixtures__/on-both-backends';
import { compile } from '../compile/compile';
import type { OnnxBackend } from '../onnx-backend';
import { formatProfile } from './format-profile';
import { profile } from './profile';

/** A network of two named parts and a step that trains it. */
function twoParts() {
  const first = tf.variable(noise([7, 11]));
  const second = tf.variable(noise([11, 3], { seed: 2 }));
  const images = noise([5, 7], { seed: 3 });
  const optimizer = tf.train.sgd(0.1);
  const loss = (x: tf.Tensor) => {
    const hidden = tf.tidy('encoder', () =>
      tf.tidy('block 0', () => tf.sigmoid(tf.matMul(x as tf.Tensor2D, first as tf.Tensor2D))),
    );
    return tf.tidy('head', () => tf.mean(tf.square(tf.matMul(hidden, second as tf.Tensor2D)))) as tf.Scalar;
  };
  const step = (x: tf.Tensor | Record<string, tf.Tensor>) =>
    optimizer.minimize(() => loss(x as tf.Tensor), true, [first, second])!;
  return {
    step,
    images,
    weights: [first, second],
    dispose: () => tf.dispose([first, second, images, optimizer as never]),
  };
}

describe('profile', () => {
  it.each([
    ['traced', <F>(step: F) => step],
    ['compiled', compile],
  ])('finds kernels and scopes of a %s step, gradients with what they are the gradient of', (_, prepare) => {
    const { step, images, weights, dispose } = twoParts();
    const prepared = prepare(step);
    prepared(images).dispose(); // compiled and used before: profiled all the same
    const before = { tensors: tf.memory().numTensors, weight: weights[0]!.dataSync()[0] };
    const result = profile(() => prepared(images), { steps: 3, warmUp: 2 });
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(weights[0]!.dataSync()[0]).not.toBe(before.weight); // it is a real step

    expect(result.steps).toBe(3);
    const scopes = new Map(result.byScope.map((row) => [row.name, row]));
    expect([...scopes.keys()].sort()).toEqual(['', 'encoder', 'encoder/block 0', 'head']);
    for (const name of ['encoder', 'encoder/block 0', 'head']) {
      const { milliseconds, gradientMilliseconds } = scopes.get(name)!;
      expect(gradientMilliseconds).toBeGreaterThan(0);
      expect(gradientMilliseconds).toBeLessThan(milliseconds);
    }
    expect(scopes.get('encoder')!.ownMilliseconds).toBe(0);
    const products = result.nodes.filter(({ operator }) => /MatMul|Gemm/.test(operator));
    expect(products.map(({ scope, isGradient, kernel }) => `${kernel} ${isGradient} ${scope}`).sort()).toEqual([
      'BatchMatMul false encoder/block 0',
      'BatchMatMul false head',
      'BatchMatMul true encoder/block 0', // images need no gradient
      'BatchMatMul true head',
      'BatchMatMul true head',
    ]);
    expect(result.byKernel.find(({ name }) => name === 'BatchMatMul')!.count).toBe(5);
    dispose();
  });

  it('adds up: every node is in one operator, one kernel and one scope, and none of it takes longer than the step', () => {
    const { step, images, dispose } = twoParts();
    const result = profile(() => step(images), { steps: 2 });
    const sum = (rows: readonly { milliseconds: number }[]) =>
      rows.reduce((total, { milliseconds }) => total + milliseconds, 0);
    const own = result.byScope.map(({ ownMilliseconds }) => ({ milliseconds: ownMilliseconds }));
    for (const rows of [result.byOperator, result.byKernel, own, result.nodes])
      expect(sum(rows)).toBeCloseTo(result.operatorMilliseconds, 9); // sums in another order
    expect(result.operatorMilliseconds).toBeGreaterThan(0);
    expect(result.graphMilliseconds).toBeGreaterThanOrEqual(result.operatorMilliseconds);
    expect(result.totalMilliseconds).toBeGreaterThanOrEqual(result.graphMilliseconds);
    dispose();
  });

  it('counts layers under their names', () => {
    const model = layers.sequential({
      layers: [
        layers.layers.dense({ units: 5, inputShape: [3], activation: 'tanh', name: 'first' }),
        layers.layers.dense({ units: 2, name: 'second' }),
      ],
    });
    const x = noise([2, 3]);
    const { byScope } = profile(() => model.predict(x) as tf.Tensor, { steps: 1, layers: model.layers });
    expect(
      byScope
        .map(({ name }) => name)
        .filter(Boolean)
        .sort(),
    ).toEqual(['first', 'second']);
    tf.dispose([x, ...model.weights.map((weight) => weight.read())]);
  });

  it('counts what ONNX Runtime fused into a product as the product', () => {
    const [x, weight, bias] = [noise([7, 5]), noise([7, 3]), noise([3])] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
    const { nodes } = profile(
      () =>
        tf.tidy(() =>
          tf.tidy('bias', () =>
            tf.add(
              tf.tidy('product', () => tf.matMul(tf.transpose(x), weight)),
              bias,
            ),
          ),
        ),
      { steps: 1 },
    );
    expect(nodes.map(({ operator, scope }) => `${operator} ${scope}`)).toEqual([
      'FusedMatMul bias/product',
      'Add bias',
    ]);
    tf.dispose([x, weight, bias]);
  });

  it('leaves graphs, files and tfjs as they were, also after an error', () => {
    const backend = tf.backend() as OnnxBackend;
    const files = () => readdirSync(tmpdir()).filter((name) => name.startsWith('onnx-profile-'));
    const before = { files: files().length, sessions: backend.runner.sessions, startScope: tf.engine().startScope };
    const fail = () => {
      throw new Error('the step fails');
    };
    expect(() => profile(fail)).toThrow('the step fails');
    profile(() => tf.add(1, 2), { steps: 1, warmUp: 0 });
    expect(files()).toHaveLength(before.files);
    expect(backend.runner.sessions).toBe(before.sessions);
    expect(tf.engine().startScope).toBe(before.startScope);
    expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).toBe(3);
  });

  it('refuses other backends and senseless options', () => {
    expect(() => profile(() => tf.add(1, 2), { steps: 0 })).toThrow(
      'steps must be a positive integer and warmUp one or 0, got 0 and 2',
    );
    tf.setBackend('cpu');
    expect(() => profile(() => tf.add(1, 2))).toThrow(
      "profile: the current tfjs backend must be one of this package, got another one; call tf.setBackend('onnx') first",
    );
    tf.setBackend('onnx');
  });
});

describe('formatProfile', () => {
  it('prints the slowest rows of each table', () => {
    const row = { milliseconds: 1.5, share: 0.75, count: 2 };
    const text = formatProfile(
      {
        steps: 4,
        totalMilliseconds: 12.34,
        graphMilliseconds: 3,
        operatorMilliseconds: 2,
        byOperator: [
          { ...row, name: 'MatMul' },
          { ...row, name: 'Add' },
        ],
        byKernel: [{ ...row, name: '' }],
        byScope: [{ ...row, name: 'encoder', ownMilliseconds: 1, gradientMilliseconds: 0.5 }],
        nodes: [
          {
            ...row,
            name: 'n1_0',
            operator: 'MatMul',
            provider: 'cpu',
            kernel: 'BatchMatMul',
            scope: 'encoder',
            isGradient: true,
            shape: [2, 3],
          },
        ],
      },
      { rows: 1 },
    );
    expect(text.split('\n')).toEqual([
      '12.3 ms a step (mean of 4): 3.00 ms in graphs, of which 2.00 ms in operators',
      '',
      '      time   share  count  operator',
      '   1.50 ms  75.0 %      2  MatMul',
      `${' '.repeat(26)}… 1 more`,
      '',
      '      time   share  count  tfjs kernel',
      '   1.50 ms  75.0 %      2  (ONNX Runtime itself)',
      '',
      '      time   share  count  scope, with the scopes inside',
      '   1.50 ms  75.0 %      2  encoder  own 1.00 ms  gradients 0.50 ms',
      '',
      '      time   share  count  node',
      '   1.50 ms  75.0 %      2  MatMul  [2,3]  BatchMatMul  gradient  encoder  n1_0',
    ]);
  });
});
