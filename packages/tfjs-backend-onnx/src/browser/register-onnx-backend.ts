// Makes ONNX Runtime a tfjs backend in a browser.

import { addOnnxBackend, assertPositiveInteger } from '../add-onnx-backend';
import { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxBackendOptions } from '../onnx-backend-options';
import { startWebProvider } from './start-web-provider';

/**
 * Registers a tfjs backend that runs on ONNX Runtime; select it with `tf.setBackend(name)`.
 *
 * Throws an OnnxBackendError when onnxruntime-web is missing, the provider is not available, or threads are asked for on a page
 * that is not cross-origin isolated.
 */
export async function registerOnnxBackend(options: OnnxBackendOptions = {}): Promise<void> {
  const create = await backendFactory(options);
  addOnnxBackend(options.name ?? 'onnx', options.priority ?? 4, create);
}

/** The same with the defaults, for `./register`: onnxruntime-web is loaded when tfjs first wants the backend. */
export function installOnnxBackend(): void {
  addOnnxBackend('onnx', 4, async () => (await backendFactory({}))());
}

async function backendFactory({
  provider = 'wasm',
  threads,
  wasmPaths,
  cacheSize = 512,
}: OnnxBackendOptions): Promise<() => OnnxBackend> {
  assertPositiveInteger('cacheSize', cacheSize);
  if (threads !== undefined) assertThreads(threads);
  const started = await startWebProvider(provider, { threads, wasmPaths });
  const device = { provider: started.provider, threads, spinMicroseconds: 0 };
  return () => new OnnxBackend(started.runtime, device, cacheSize);
}

function assertThreads(threads: number): void {
  assertPositiveInteger('threads', threads);
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  if (threads === 1 || crossOriginIsolated !== false) return;
  throw new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: 'threads must be 1 on a page that is not cross-origin isolated',
    got: String(threads),
    remedy:
      'serve the page with the headers `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`',
  });
}
