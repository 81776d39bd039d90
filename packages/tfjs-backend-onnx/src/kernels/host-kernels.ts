// Kernels that ONNX has no operator for, whose result shape depends on values, or that are about complex numbers: left to the
// tfjs CPU backend.

import type { KernelDefinition } from './define-kernel';
import { onHost } from './on-host';

const names = [
  'Atan2',
  'Bincount',
  'BitwiseAnd',
  'BroadcastArgs',
  'Complex',
  'ComplexAbs',
  'CropAndResize',
  'Cumprod',
  'DenseBincount',
  'Diag',
  'Dilation2D',
  'Dilation2DBackpropFilter',
  'Dilation2DBackpropInput',
  'FFT',
  'FlipLeftRight',
  'IFFT',
  'Imag',
  'LRN',
  'LRNGrad',
  'MaxPoolWithArgmax',
  'Multinomial',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'Real',
  'RotateWithOffset',
  'SearchSorted',
  'SparseFillEmptyRows',
  'SparseReshape',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'SparseToDense',
  'StaticRegexReplace',
  'StringNGrams',
  'StringSplit',
  'StringToHashBucketFast',
  'TensorScatterUpdate',
  'Transform',
  'Unique',
] as const;

export const hostKernels: KernelDefinition[] = names.map((kernelName) => ({
  kernelName,
  kernelFunc: onHost(kernelName),
}));
