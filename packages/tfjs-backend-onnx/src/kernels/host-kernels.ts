// Kernels that ONNX has no operator for, whose result shape depends on values, or that are about complex numbers: left to the
// tfjs CPU backend.

import type { KernelDefinition } from './define-kernel';
import { onHost } from './on-host';

const names = [
  'Complex',
  'ComplexAbs',
  'Draw',
  'FFT',
  'IFFT',
  'Imag',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'Real',
  'SparseFillEmptyRows',
  'SparseReshape',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'StaticRegexReplace',
  'StringNGrams',
  'StringSplit',
  'StringToHashBucketFast',
  'Unique',
] as const;

export const hostKernels: KernelDefinition[] = names.map((kernelName) => ({
  kernelName,
  kernelFunc: onHost(kernelName),
}));
