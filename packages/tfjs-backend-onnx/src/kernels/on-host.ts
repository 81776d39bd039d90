// Runs a kernel on the tfjs CPU backend, with values read from and written back to this one.

import {
  backend_util,
  findBackend,
  getKernel,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

import type { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';

const warned = new Set<string>();

/**
 * The kernel of the CPU backend between a read from and a write to this one. It warns once for each kernel, through tfjs's own
 * warnings (`tf.enableProdMode()` silences them). A compiled step cannot contain it: it reads.
 */
export function onHost(kernelName: string): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const onnx = backend as OnnxBackend;
    const given = Object.values(inputs as Record<string, TensorInfo | TensorInfo[] | undefined>).flat();
    const tensors = given.filter((info) => info != null);
    for (const tensor of tensors) onnx.assertUsable(tensor, kernelName);
    if (onnx.trace !== undefined) assertKnown(kernelName, tensors, onnx);
    const host = findBackend('cpu') as KernelBackend | null;
    if (host === null) throw noHost(kernelName, tensors);
    const kernel = getKernel(kernelName, 'cpu');
    if (kernel === undefined) throw unknownToHost(kernelName, tensors);
    warnOnce(kernelName);
    const borrowed: TensorInfo[] = [];
    const borrow = (info: TensorInfo): TensorInfo => {
      const copy = lend(host, info, onnx.readSync(info.dataId) as Float32Array);
      borrowed.push(copy);
      return copy;
    };
    const lent = Object.entries(inputs as Record<string, TensorInfo | TensorInfo[] | undefined>)
      .filter(([, info]) => info != null)
      .map(([name, info]) => [name, Array.isArray(info) ? info.map(borrow) : borrow(info!)] as const);
    // some kernels take a bare list
    const hostInputs = Array.isArray(inputs) ? lent.map(([, info]) => info) : Object.fromEntries(lent);
    const takeBack = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
      borrowed.push({ dataId, shape, dtype });
      return { dataId: onnx.write(host.readSync(dataId) as Float32Array, shape, dtype), shape, dtype };
    };
    try {
      const result = kernel.kernelFunc({ inputs: hostInputs as typeof inputs, attrs, backend: host });
      return Array.isArray(result) ? result.map(takeBack) : takeBack(result);
    } finally {
      for (const { dataId } of borrowed) host.disposeData(dataId);
    }
  };
}

/** A tensor of the CPU backend with the given values; some of its kernels ask for the rank, which a TensorInfo lacks. */
function lend(host: KernelBackend, { shape, dtype }: TensorInfo, values: Float32Array): TensorInfo & { rank: number } {
  const rank = shape.length;
  if (dtype !== 'complex64') return { dataId: host.write(values, shape, dtype), shape, dtype, rank };
  const [real, imag] = [0, 1].map((part) => {
    const component = values.filter((_, index) => index % 2 === part);
    return { dataId: host.write(component, shape, 'float32'), shape, dtype: 'float32' as const };
  });
  const inputs = { real: real!, imag: imag! };
  const complex = getKernel('Complex', 'cpu').kernelFunc({ inputs, backend: host }) as TensorInfo;
  for (const { dataId } of [real!, imag!]) host.disposeData(dataId);
  return { ...complex, rank };
}

function warnOnce(kernelName: string): void {
  if (warned.has(kernelName)) return;
  warned.add(kernelName);
  backend_util.warn(
    `${kernelName} runs on the tfjs CPU backend, not in a graph; it cannot be part of a compiled step.`,
  );
}

/** While a step is traced, only constants have values. */
function assertKnown(kernelName: string, inputs: readonly TensorInfo[], onnx: OnnxBackend): void {
  const isKnown = (info: TensorInfo) =>
    onnx.store.get(info.dataId).hostValues !== undefined || onnx.elementsAtHand(onnx.valueFor(info)) !== undefined;
  if (inputs.every(isKnown)) return;
  throw new OnnxBackendError({
    where: 'compile',
    requirement: `a compiled step must not contain ${kernelName}, which runs on the tfjs CPU backend`,
    got: `${kernelName} of ${describe(inputs)}`,
    remedy: 'compute it outside the step and pass the result in',
  });
}

function noHost(kernelName: string, inputs: readonly TensorInfo[]): OnnxBackendError {
  return new OnnxBackendError({
    where: kernelName,
    requirement: 'this kernel runs on the tfjs CPU backend, which must be there',
    got: `none for inputs ${describe(inputs)}`,
    remedy: "add `import '@tensorflow/tfjs-backend-cpu'`",
  });
}

function unknownToHost(kernelName: string, inputs: readonly TensorInfo[]): OnnxBackendError {
  return new OnnxBackendError({
    where: kernelName,
    requirement: 'the tfjs CPU backend must have this kernel for such inputs',
    got: `none for inputs ${describe(inputs)}`,
    remedy: 'use the same version of @tensorflow/tfjs-backend-cpu and tfjs-core, or other dtypes',
  });
}

function describe(inputs: readonly TensorInfo[]): string {
  return inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(', ');
}
