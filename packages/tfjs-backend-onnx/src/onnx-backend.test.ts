import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';

import { noise } from './__fixtures__/on-both-backends';
import { recordGraphs } from './__fixtures__/record-graphs';
import { device } from './device';
import type { OnnxBackend } from './onnx-backend';

const backend = () => tf.backend() as OnnxBackend;

beforeEach(() => {
  backend().flush();
  backend().runner.sessions.clear();
});

describe('OnnxBackend', () => {
  it('computes nothing before a read, then everything alive in one graph', () => {
    const graphs = recordGraphs(() => {
      const x = tf.tensor1d([1, 2, 3]);
      const doubled = tf.mul(x, 2);
      const sum = tf.sum(doubled);
      expect(Array.from(sum.dataSync())).toEqual([12]);
      expect(Array.from(doubled.dataSync())).toEqual([2, 4, 6]); // came with the first read
      tf.dispose([x, doubled, sum]);
    });
    expect(graphs).toEqual([{ operators: ['Mul', 'ReduceSum'], outputs: 2 }]);
  });

  it('neither computes nor returns what was disposed before the read', () => {
    const graphs = recordGraphs(() => {
      const x = tf.tensor1d([1, 2, 3]);
      const unused = tf.exp(x);
      const sum = tf.tidy(() => tf.sum(tf.mul(x, 2)));
      unused.dispose();
      sum.dataSync();
      tf.dispose([x, sum]);
    });
    expect(graphs).toEqual([{ operators: ['Mul', 'ReduceSum'], outputs: 1 }]);
  });

  it('compiles a structure once, whatever the values', () => {
    const graphs = recordGraphs(() => {
      for (const value of [1, 2, 3]) expect(tf.tidy(() => tf.mul(tf.scalar(value), 2).dataSync()[0])).toBe(2 * value);
    });
    expect(graphs).toHaveLength(1);
    expect(device()).toEqual({ provider: 'cpu', threads: 1, spinMicroseconds: 200, sessions: 1 });
  });

  it('keeps the values a tensor was made of when the caller overwrites its array', () => {
    const values = new Float32Array([1, 2]);
    const tensor = tf.tensor1d(values);
    const negative = tf.neg(tensor);
    values.fill(9);
    expect(Array.from(negative.dataSync())).toEqual([-1, -2]);
    tf.dispose([tensor, negative]);
  });

  it('shares one memory between reshapes and clones, and frees it with the last of them', () => {
    const before = tf.memory();
    const ids = backend().numDataIds();
    const x = noise([2, 3]);
    const copies = [tf.reshape(x, [6]), tf.clone(x), tf.expandDims(x)];
    expect(backend().numDataIds()).toBe(ids + 1);
    x.dispose();
    expect(copies[0]!.dataSync()).toHaveLength(6);
    tf.dispose(copies);
    expect(backend().numDataIds()).toBe(ids);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it('carries tensors to and from the CPU backend', () => {
    const x = tf.mul(tf.tensor1d([1, 2]), 3);
    tf.setBackend('cpu');
    const y = tf.add(x, 1);
    tf.setBackend('onnx');
    const z = tf.mul(y, 2);
    expect(Array.from(z.dataSync())).toEqual([8, 14]);
    tf.dispose([x, y, z]);
  });

  it('reads what does not depend on a failed op, once that is disposed', () => {
    const rows = tf.tensor1d([1, 2, 3]);
    const index = tf.neg(tf.tensor1d([-7], 'int32')); // not known before it is computed
    const wrong = tf.gather(rows, index);
    const right = tf.mul(rows, 2);
    expect(() => right.dataSync()).toThrow(/indices element out of data bounds/);
    wrong.dispose();
    expect(Array.from(right.dataSync())).toEqual([2, 4, 6]);
    tf.dispose([rows, index, right]);
  });

  it('gives strings back', () => {
    expect(tf.tidy(() => tf.tensor1d(['a', 'ä']).arraySync())).toEqual(['a', 'ä']);
  });

  it('cuts a long training that nobody reads between steps: few graphs, the same ones again', () => {
    const weight = tf.variable(noise([5, 3]));
    const data = noise([600, 5]) as tf.Tensor2D;
    const optimizer = tf.train.adam(0.01);
    const train = () => {
      for (let index = 0; index < 120; index++) {
        tf.tidy(() => {
          const batch = tf.slice(data, [5 * index, 0], [5, 5]);
          optimizer.minimize(
            () => tf.mean(tf.square(tf.matMul(batch, weight as tf.Tensor as tf.Tensor2D))) as tf.Scalar,
          );
        });
      }
      weight.dataSync();
    };
    const graphs = recordGraphs(train);
    const sizes = graphs.map(({ operators }) => operators.length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.length).toBeLessThanOrEqual(4); // with slots made, steady, the rest
    train(); // the rest and the beginning fit together anew
    expect(recordGraphs(train)).toEqual([]);
    tf.dispose([weight, data]);
    optimizer.dispose();
  });

  it('leaks no data ids over training steps', () => {
    const weight = tf.variable(noise([5, 3]));
    const optimizer = tf.train.adam(0.1);
    const step = () =>
      optimizer.minimize(
        () =>
          tf.tidy(() =>
            tf.mean(tf.square(tf.matMul(noise([7, 5]) as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D))),
          ) as tf.Scalar,
      );
    step();
    const tensors = tf.memory().numTensors;
    const ids = backend().numDataIds();
    const before = weight.dataSync()[0];
    for (let index = 0; index < 3; index++) step();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(backend().numDataIds()).toBe(ids);
    expect(weight.dataSync()[0]).not.toBe(before);
    weight.dispose();
    optimizer.dispose();
  });
});
