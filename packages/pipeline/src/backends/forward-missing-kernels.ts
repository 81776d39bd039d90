// Lends a tfjs backend the kernels that it lacks from another one.

import * as tf from '@tensorflow/tfjs-core';

type Kernels = Parameters<typeof tf.registerKernel>[0]['kernelFunc'];

/**
 * Registers on `backendName` every kernel that only `lenderName` has. Tensors are copied to the lender and back, so a lent
 * kernel is slow; both backends must be registered.
 */
export function forwardMissingKernels(backendName: string, lenderName: string): void {
  const present = new Set(tf.getKernelsForBackend(backendName).map(({ kernelName }) => kernelName));
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend(lenderName)) {
    if (!present.has(kernelName))
      tf.registerKernel({ kernelName, backendName, kernelFunc: forward(kernelFunc, lenderName) });
  }
}

function forward(kernel: Kernels, lenderName: string): Kernels {
  return ({ inputs, attrs, backend }) => {
    const borrower = backend as tf.KernelBackend;
    const lender = tf.findBackend(lenderName);
    const copies = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, copy(input as tf.TensorInfo, borrower, lender)]),
    );
    const outputs = kernel({ inputs: copies, attrs, backend: lender });
    const results = [outputs].flat().map((output) => copy(output, lender, borrower));
    for (const { dataId } of [...Object.values(copies), ...[outputs].flat()]) lender.disposeData(dataId, true);
    return Array.isArray(outputs) ? results : results[0]!;
  };
}

function copy({ dataId, shape, dtype }: tf.TensorInfo, from: tf.KernelBackend, to: tf.KernelBackend): tf.TensorInfo {
  const values = from.readSync(dataId) as tf.backend_util.BackendValues;
  return { dataId: to.write(values, shape, dtype), shape, dtype };
}
