import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { noise } from '../__fixtures__/on-both-backends';
import { recordGraphs } from '../__fixtures__/record-graphs';
import type { OnnxBackend } from '../onnx-backend';
import { compile } from './compile';

/** The memory behind a tensor, without marking it as seen. */
function memoryOf(tensor: tf.Tensor): ArrayBufferLike {
  return (tf.backend() as OnnxBackend).valueFor(tensor).storage!.data!.buffer;
}

/** Runs `step` `times` times compiled and plain on equal variables; both must return the same and leave the same behind. */
function expectSame(
  create: () => tf.Variable[],
  step: (variables: tf.Variable[]) => tf.Tensor,
  { times = 5, tolerance = 0 } = {},
) {
  const [plain, compiled] = [create(), create()];
  const replayed = compile(() => step(compiled));
  for (let time = 0; time < times; time++) {
    const expected = tf.tidy(() => Array.from(step(plain).dataSync()));
    const actual = tf.tidy(() => Array.from((replayed() as tf.Tensor).dataSync()));
    expectClose(actual, expected, tolerance);
  }
  plain.forEach((variable, index) => {
    expectClose(compiled[index]!.dataSync(), variable.dataSync(), tolerance);
  });
  tf.dispose([...plain, ...compiled]);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  Array.from(expected).forEach((value, index) => {
    expect(Math.abs(actual[index]! - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
}

describe('variables of a compiled step', () => {
  it('are overwritten where they lie when nothing else reads their old value', () => {
    const sum = tf.variable(tf.zeros([1013]));
    const step = compile((x) => {
      sum.assign(tf.add(tf.mul(sum, 0.5), x as tf.Tensor1D));
      return tf.mean(x as tf.Tensor);
    });
    const x = noise([1013]);
    tf.dispose(step(x));
    const home = memoryOf(sum);
    for (let time = 0; time < 3; time++) tf.dispose(step(x));
    expect(memoryOf(sum)).toBe(home);
    tf.dispose([sum, x]);
  });

  it('move once when somebody has read them, so that what was read stays as it was', () => {
    const count = tf.variable(tf.zeros([7]));
    const step = compile(() => {
      count.assign(tf.add(count, 1) as tf.Tensor1D);
      return tf.scalar(0);
    });
    tf.dispose(step());
    const read = count.dataSync();
    const home = memoryOf(count);
    tf.dispose(step());
    expect(Array.from(read)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    const next = memoryOf(count);
    expect(next).not.toBe(home);
    tf.dispose(step());
    expect(memoryOf(count)).toBe(next);
    expect(count.dataSync()[0]).toBe(3);
    count.dispose();
  });

  it('wait with their update until the backward pass has read them', () => {
    const create = () =>
      [
        [13, 17],
        [17, 11],
        [11, 5],
      ].map((shape, seed) => tf.variable(noise(shape, { seed, low: -0.4, high: 0.4 })));
    const x = noise([19, 13]);
    const step = (weights: tf.Variable[]) => {
      const { value, grads } = tf.variableGrads(
        () =>
          tf.mean(tf.square(weights.reduce((h, weight) => tf.tanh(tf.matMul(h, weight)), x as tf.Tensor))) as tf.Scalar,
        weights,
      );
      for (const weight of weights) weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, 0.3)));
      return value;
    };
    // the operators of one step in another order of roundings
    expectSame(create, step, { times: 7, tolerance: 1e-5 });
    const weights = create();
    const [graph] = recordGraphs(() => tf.dispose(compile(() => step(weights))()));
    expect(graph!.operators.filter((operator) => operator === 'IsNaN')).toHaveLength(1);
    tf.dispose([weights, x]);
  });

  it('keep two memories when an update reads other places of the old value than it writes', () => {
    const create = () => [tf.variable(tf.range(0, 1009)), tf.variable(tf.reshape(tf.range(0, 6), [2, 3]))];
    expectSame(create, ([vector, matrix]) => {
      vector!.assign(tf.reverse(vector!));
      matrix!.assign(tf.add(matrix!, tf.matMul(matrix!, tf.ones([3, 3]))));
      return tf.sum(vector!);
    });
  });

  it('keep two memories when the old value is read by a result or handed through', () => {
    const create = () => [tf.variable(tf.tensor1d([2, 3])), tf.variable(tf.tensor1d([5, 7]))];
    expectSame(create, ([a, b]) => {
      const [oldA, oldB] = [tf.clone(a!), tf.clone(b!)];
      a!.assign(tf.add(oldA, 1) as tf.Tensor1D);
      b!.assign(oldA as tf.Tensor1D);
      return tf.concat([
        oldA,
        tf.reshape(tf.matMul(tf.reshape(oldB, [1, 2]), tf.reshape(oldA, [2, 1])), [1]),
      ] as tf.Tensor1D[]);
    });
    expectSame(create, ([a, b]) => {
      const swapped = tf.clone(a!);
      a!.assign(b! as tf.Tensor as tf.Tensor1D);
      b!.assign(swapped as tf.Tensor1D);
      return tf.sub(a!, b!);
    });
  });

  it('are read and written in stretches without a copy', () => {
    const create = () => [tf.variable(noise([23, 29]))];
    const step = ([matrix]: tf.Variable[]) => {
      const flat = tf.reshape(matrix!, [23 * 29]) as tf.Tensor1D;
      const parts = [0, 300].map((begin, index) => tf.mul(tf.slice1d(flat, begin, [300, 367][index]!), index + 0.5));
      matrix!.assign(tf.reshape(tf.concat(parts as tf.Tensor1D[]), [23, 29]));
      return tf.sum(parts[1]!);
    };
    expectSame(create, step, { times: 3, tolerance: 1e-6 });
    const variables = create();
    const [graph] = recordGraphs(() => tf.dispose(compile(() => step(variables))()));
    expect(graph!.operators).toEqual(['Mul', 'Mul', 'ReduceSum']);
    tf.dispose(variables);
  });

  it('are not overwritten when they are also given as an input', () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const step = compile((x) => {
      weight.assign(tf.add(weight, 1) as tf.Tensor1D);
      return tf.mul(x as tf.Tensor, 10);
    });
    const call = () => tf.tidy(() => Array.from((step(weight) as tf.Tensor).dataSync()));
    expect([call(), call(), call()]).toEqual([
      [10, 20],
      [20, 30],
      [30, 40],
    ]);
    weight.dispose();
  });
});
