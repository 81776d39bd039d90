// Makes ONNX Runtime a tfjs backend.

import { addOnnxBackend, assertPositiveInteger } from './add-onnx-backend';
import { assertStarts } from './assert-starts';
import { OnnxBackend } from './onnx-backend';
import { OnnxBackendError } from './onnx-backend-error';
import type { OnnxBackendOptions } from './onnx-backend-options';
import { loadNodeRuntime } from './runtime/node-runtime';
import type { OnnxRuntime } from './runtime/onnx-runtime';

/**
 * Registers a tfjs backend that runs on ONNX Runtime; select it with `tf.setBackend(name)`.
 *
 * Throws an OnnxBackendError when onnxruntime-node is missing or the provider is not available on this machine.
 */
export async function registerOnnxBackend(options: OnnxBackendOptions = {}): Promise<void> {
  installOnnxBackend(options);
}

/** The same at once, for `./register`: a top-level await there would keep CommonJS from requiring it. */
export function installOnnxBackend({
  name = 'onnx',
  provider = 'cpu',
  threads,
  spinning = false,
  priority = 4,
  cacheSize = 512,
}: OnnxBackendOptions = {}): void {
  const runtime = loadNodeRuntime();
  assertProvider(runtime, provider);
  assertPositiveInteger('cacheSize', cacheSize);
  if (threads !== undefined) assertPositiveInteger('threads', threads);
  const device = { provider, threads, spinning };
  if (provider !== 'cpu') assertStarts(runtime, device);
  addOnnxBackend(name, priority, () => new OnnxBackend(runtime, device, cacheSize));
}

function assertProvider({ providers }: OnnxRuntime, provider: string): void {
  if (providers.includes(provider)) return;
  throw new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: `provider must be available here (${providers.join(', ')})`,
    got: provider,
    remedy:
      provider === 'cuda'
        ? 'remove `onnxruntime-node-install=skip` from .npmrc and reinstall onnxruntime-node, which then downloads its CUDA provider'
        : "use 'cpu' or install a build of onnxruntime-node that has it",
  });
}
