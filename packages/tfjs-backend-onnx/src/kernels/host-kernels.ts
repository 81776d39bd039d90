// Kernels that ONNX has no operator for, or whose result shape depends on values: run by the tfjs CPU backend, where it is
// imported, on values read back to the host.

import { findBackend, getKernel, type KernelBackend, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';

import { enterKernel } from '../graph/emit';
import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import type { KernelDefinition } from './define-kernel';

const names = [
  'Atan2',
  'Bincount',
  'BitwiseAnd',
  'BroadcastArgs',
  'CropAndResize',
  'Cumprod',
  'DenseBincount',
  'Diag',
  'Dilation2D',
  'Dilation2DBackpropFilter',
  'Dilation2DBackpropInput',
  'FlipLeftRight',
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

/** The kernel of the CPU backend between a read from and a write to this one. A compiled step cannot contain it: it reads. */
export function onHost(kernelName: string): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const onnx = backend as OnnxBackend;
    enterKernel(kernelName);
    const host = findBackend('cpu') as KernelBackend | null;
    const kernel = host === null ? undefined : getKernel(kernelName, 'cpu');
    if (host === null || kernel === undefined) throw noHost(kernelName, Object.values(inputs).flat());
    const borrowed: TensorInfo[] = [];
    const borrow = (info: TensorInfo): TensorInfo => {
      const copy = { ...info, dataId: host.write(onnx.readSync(info.dataId), info.shape, info.dtype) };
      borrowed.push(copy);
      return copy;
    };
    const hostInputs = Object.fromEntries(
      Object.entries(inputs as Record<string, TensorInfo | TensorInfo[] | undefined>)
        .filter(([, info]) => info != null)
        .map(([name, info]) => [name, Array.isArray(info) ? info.map(borrow) : borrow(info!)]),
    );
    try {
      const results = [kernel.kernelFunc({ inputs: hostInputs as typeof inputs, attrs, backend: host })].flat();
      borrowed.push(...results);
      const infos = results.map(({ dataId, shape, dtype }) => ({
        dataId: onnx.write(host.readSync(dataId) as Float32Array, shape, dtype),
        shape,
        dtype,
      }));
      return infos.length === 1 ? infos[0]! : infos;
    } finally {
      for (const { dataId } of borrowed) host.disposeData(dataId);
    }
  };
}

function noHost(kernelName: string, inputs: readonly (TensorInfo | undefined)[]): OnnxBackendError {
  return new OnnxBackendError({
    where: kernelName,
    requirement: 'this kernel runs on the tfjs CPU backend, which must be there',
    got: `none for inputs ${inputs.map((input) => `${input?.dtype}[${input?.shape}]`).join(', ')}`,
    remedy: "add `import '@tensorflow/tfjs-backend-cpu'`",
  });
}
