// Makes ONNX Runtime a tfjs backend.

import { addOnnxBackend, assertPositiveInteger } from './add-onnx-backend';
import { assertStarts } from './assert-starts';
import { OnnxBackend } from './onnx-backend';
import { OnnxBackendError } from './onnx-backend-error';
import { loadNodeRuntime } from './runtime/node-runtime';
import type { OnnxRuntime } from './runtime/onnx-runtime';
import type { OnnxProvider } from './runtime/session-options';

export interface OnnxBackendOptions {
  /** Name for tf.setBackend. Default 'onnx'. */
  name?: string;
  /** Where graphs run; operators a provider lacks fall back to the CPU. Default 'cpu'. */
  provider?: OnnxProvider;
  /** Threads inside one operator. Default: ONNX Runtime's choice, one per physical core. */
  threads?: number;
  /**
   * Whether idle threads wait in a loop for the next operator. Quicker on cores of one's own; on shared ones (a data loader beside
   * the training is enough) a MAE step took 1.5 times as long. Default false.
   */
  spinning?: boolean;
  /** tfjs picks the registered backend with the highest priority. Default 4, above wasm (2) and WebGPU (3). */
  priority?: number;
  /** Compiled graphs kept. Default 512. */
  cacheSize?: number;
}

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
