import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { kernels } from './all-kernels';
import { hostKernels } from './host-kernels';

/** Names in tfjs-core for which no op asks a backend, with the reason. */
const askedOfNoBackend: Record<string, string> = {
  BroadcastTo: 'tf.broadcastTo tiles',
  FromPixels: 'tf.browser.fromPixels reads the canvas itself where a backend has no way of its own',
  LogicalXor: 'tf.logicalXor is made of or, and, not',
  LowerBound: 'tf.lowerBound searches by SearchSorted',
  MatrixBandPart: 'tf.linalg.bandPart is made of comparisons',
  Pool: 'tf.pool calls AvgPool and MaxPool',
  UpperBound: 'tf.upperBound searches by SearchSorted',
};

describe('kernels', () => {
  const names = kernels.map(({ kernelName }) => kernelName);

  it('are registered once each', () => {
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  });

  it('include every kernel of the CPU backend', () => {
    const ofCpu = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
    expect(ofCpu.length).toBeGreaterThan(170);
    expect(ofCpu.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('include every kernel that tfjs-core has a name for, but those that no op asks for', () => {
    const isName = ([key, value]: [string, unknown]) => value === key || value === `_${key}`; // _FusedMatMul
    const named = Object.entries(tf)
      .filter(isName)
      .map(([, value]) => String(value));
    const missing = named.filter((name) => !names.includes(name));
    expect(missing.toSorted()).toEqual(Object.keys(askedOfNoBackend).toSorted());
  });

  it('leave to the host only strings, complex numbers, canvases and shapes that depend on values', () => {
    expect(hostKernels.map(({ kernelName }) => kernelName).toSorted()).toEqual([
      ...['Complex', 'ComplexAbs', 'Draw', 'FFT', 'IFFT', 'Imag'],
      ...['NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5'],
      ...['RaggedGather', 'RaggedRange', 'RaggedTensorToTensor', 'Real'],
      ...['SparseFillEmptyRows', 'SparseReshape', 'SparseSegmentMean', 'SparseSegmentSum'],
      ...['StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast', 'Unique'],
    ]);
  });
});
