import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { agree, noise, noiseBools, noiseIntegers, runOn } from '../__fixtures__/on-both-backends';

/** Values that tfjs-core has an op for but does not re-export by name. */
function runKernel(name: string, inputs: Record<string, tf.Tensor>, attrs: Record<string, unknown> = {}): tf.Tensor {
  return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap) as tf.Tensor;
}

const integers = (values: number[], shape = [values.length]) => tf.tensor(values, shape, 'int32');
const none = () => tf.tensor1d([]);

describe('counting agrees with the CPU backend', () => {
  const values = () => integers([3, 0, 7, 3, 3, 1, 0]);
  agree({
    'bincount; what is too large is dropped': () => tf.bincount(values() as tf.Tensor1D, none(), 5),
    'bincount with weights': () => tf.bincount(values() as tf.Tensor1D, noise([7]) as tf.Tensor1D, 5),
    'bincount with int32 weights': () => tf.bincount(values() as tf.Tensor1D, noiseIntegers([7]) as tf.Tensor1D, 5),
    'bincount of nothing, into nothing': () => [
      tf.bincount(integers([]) as tf.Tensor1D, none(), 3),
      tf.bincount(values() as tf.Tensor1D, none(), 0),
    ],
    denseBincount: () => [
      tf.denseBincount(values() as tf.Tensor1D, none(), 5),
      tf.denseBincount(values() as tf.Tensor1D, none(), 5, true),
      tf.denseBincount(integers([0, 2, 2, 9, 1, 0], [2, 3]) as tf.Tensor2D, none() as tf.Tensor as tf.Tensor2D, 3),
      tf.denseBincount(integers([0, 2, 2, 9, 1, 0], [2, 3]) as tf.Tensor2D, noise([2, 3]) as tf.Tensor2D, 3),
      tf.denseBincount(
        integers([0, 2, 2, 9, 1, 0], [2, 3]) as tf.Tensor2D,
        none() as tf.Tensor as tf.Tensor2D,
        3,
        true,
      ),
    ],
  });
  it('refuses negative numbers, at the op where they are known and else at the read', () => {
    const negative = integers([1, -1]) as tf.Tensor1D;
    const computed = tf.neg(integers([-1, 1])) as tf.Tensor1D;
    expect(() => tf.bincount(negative, none(), 3)).toThrow('Bincount: Input x must be non-negative!, got -1; ');
    const counts = tf.bincount(computed, none(), 3);
    expect(() => counts.dataSync()).toThrow(/invalid indice/);
    tf.dispose([negative, computed, counts]);
  });
});

describe('bisection agrees with the CPU backend', () => {
  const rows = () =>
    tf.tensor2d([
      [-3, 0, 0, 2, 5],
      [1, 1, 1, 1, 1],
    ]);
  const values = () =>
    tf.tensor2d([
      [-9, 0, 1, 5, 9, Number.NaN, Number.POSITIVE_INFINITY],
      [0, 1, 2, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY],
    ]);
  agree({
    'lower and upper bound': () => [tf.lowerBound(rows(), values()), tf.upperBound(rows(), values())],
    'rows of one element': () => tf.searchSorted(tf.tensor2d([[2], [3]]), values(), 'left'),
    'rows that hold NaN or no order': () => [
      tf.searchSorted(tf.tensor2d([[1, Number.NaN, 2, 5, 3, 9]]), tf.tensor2d([[0, 1, 2, 3, 4]]), 'left'),
      tf.searchSorted(tf.tensor2d([[1, Number.NaN, 2, 5, 3, 9]]), tf.tensor2d([[0, 1, 2, 3, 4]]), 'right'),
    ],
    'int32, three axes': () =>
      tf.searchSorted(integers([1, 3, 5, 2, 4, 6, 0, 0, 9, 7, 7, 7], [2, 2, 3]), noiseIntegers([2, 2, 5]), 'right'),
    '1,000 places': () => tf.searchSorted(tf.reshape(tf.linspace(-2, 2, 1000), [1, 1000]), noise([1, 101]), 'left'),
  });
});

describe('scattering agrees with the CPU backend', () => {
  agree({
    'sparseToDense of vectors, with a default': () => [
      tf.sparseToDense(integers([4, 0, 2]), tf.tensor1d([1, Number.NaN, 3]), [5], 7),
      tf.sparseToDense(integers([4, 0, 2]), integers([1, 2, 3]), [5], tf.scalar(-1, 'int32')),
      tf.sparseToDense(integers([4, 0]), tf.tensor1d([true, true], 'bool'), [5], tf.scalar(false, 'bool')),
    ],
    'sparseToDense of points': () => tf.sparseToDense(integers([0, 1, 2, 2], [2, 2]), noise([2]), [3, 5]),
    'sparseToDense of one value': () => [
      tf.sparseToDense(integers([0, 1, 2, 2], [2, 2]), tf.scalar(0.5), [3, 5], 1),
      tf.sparseToDense(tf.scalar(2, 'int32'), tf.scalar(0.5), [5]),
    ],
    tensorScatterUpdate: () => [
      tf.tensorScatterUpdate(noise([5]), integers([3, 0], [2, 1]), tf.tensor1d([9, 8])),
      tf.tensorScatterUpdate(noise([3, 5]), integers([2, 0], [2, 1]), noise([2, 5], { seed: 2 })),
      tf.tensorScatterUpdate(noiseIntegers([3, 5]), integers([2, 4], [1, 2]), integers([77])),
      tf.tensorScatterUpdate(noiseBools([3]), integers([1], [1, 1]), tf.tensor1d([true], 'bool')),
    ],
    'scatterND of bools and of nothing': () => [
      tf.scatterND(integers([1, 3], [2, 1]), noise([2]), [5]),
      tf.scatterND(integers([], [0, 1]), tf.tensor1d([]), [5]),
    ],
  });
  it('refuses indices outside', () => {
    tf.tidy(() => {
      expect(() => tf.tensorScatterUpdate(noise([5]), integers([5], [1, 1]), tf.tensor1d([1]))).toThrow(
        'TensorScatterUpdate: indices must lie inside the tensor, got Invalid indices: 5 does not index into 5; ',
      );
      const later = tf.tensorScatterUpdate(noise([5]), tf.neg(integers([-5], [1, 1])), tf.tensor1d([1]));
      expect(() => later.dataSync()).toThrow(/invalid indice/);
      expect(() => tf.gather(noise([5]), integers([-1]))).toThrow(/GatherV2: the index value -1 is not in \[0, 4\]/);
    });
  });
  it('sums many rows into one place', () => {
    const [scattered] = runOn('onnx', () => tf.scatterND(tf.zeros([20_000, 1], 'int32'), tf.ones([20_000, 3]), [2, 3]));
    expect(scattered!.values).toEqual([20_000, 20_000, 20_000, 0, 0, 0]);
  });
});

describe('shapes as tensors agree with the CPU backend', () => {
  const broadcastArgs = (a: number[], b: number[]) => runKernel('BroadcastArgs', { s0: integers(a), s1: integers(b) });
  agree({
    broadcastArgs: () => [
      broadcastArgs([5, 1, 3], [7, 3]),
      broadcastArgs([], [2, 0]),
      broadcastArgs([1, 0], [4, 1, 1]),
      broadcastArgs([], []),
    ],
  });
  it('refuses shapes that do not fit', () => {
    tf.tidy(() => {
      expect(() => broadcastArgs([2], [3])).toThrow(/Operands could not be broadcast/);
      const later = runKernel('BroadcastArgs', { s0: tf.neg(integers([-2])), s1: integers([3]) });
      expect(() => later.dataSync()).toThrow(/out of data bounds/);
    });
  });
});

describe('draws agree with the CPU backend', () => {
  agree({
    multinomial: () => [
      tf.multinomial(noise([3, 5]) as tf.Tensor2D, 101, 7),
      tf.multinomial(tf.tensor1d([0.1, 0, 0.6, 0.3]), 101, 0.25, true),
      tf.multinomial(tf.tensor1d([Number.NaN, 1]), 3, 7),
    ],
  });
});
