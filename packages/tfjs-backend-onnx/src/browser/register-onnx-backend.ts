// Makes ONNX Runtime a tfjs backend in a browser.

import { addOnnxBackend, assertPositiveInteger } from '../add-onnx-backend';
import { assertStarts } from '../assert-starts';
import { OnnxBackend } from '../onnx-backend';
import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxBackendOptions } from '../onnx-backend-options';
import type { OnnxProvider } from '../runtime/session-options';
import { loadWebRuntime, type WebProvider, webProviders } from '../runtime/web-runtime';

/**
 * Registers a tfjs backend that runs on ONNX Runtime; select it with `tf.setBackend(name)`.
 *
 * Throws an OnnxBackendError when onnxruntime-web is missing, the provider is not available, or threads are asked for on a page
 * that is not cross-origin isolated.
 */
export async function registerOnnxBackend(options: OnnxBackendOptions = {}): Promise<void> {
  const backend = await createBackend(options);
  addOnnxBackend(options.name ?? 'onnx', options.priority ?? 4, () => backend);
}

/** The same with the defaults, for `./register`: onnxruntime-web is loaded when tfjs first wants the backend. */
export function installOnnxBackend(): void {
  addOnnxBackend('onnx', 4, () => createBackend({}));
}

async function createBackend({
  provider = 'wasm',
  threads,
  wasmPaths,
  cacheSize = 512,
}: OnnxBackendOptions): Promise<OnnxBackend> {
  assertProvider(provider);
  assertPositiveInteger('cacheSize', cacheSize);
  if (threads !== undefined) assertThreads(threads);
  const runtime = await loadWebRuntime({ provider, threads, wasmPaths });
  const device = { provider, threads, spinning: false };
  await assertStarts(runtime, device);
  return new OnnxBackend(runtime, device, cacheSize);
}

function assertProvider(provider: OnnxProvider | readonly OnnxProvider[]): asserts provider is WebProvider {
  if ((webProviders as readonly unknown[]).includes(provider)) return;
  throw new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: `provider must be one of a browser's (${webProviders.join(', ')})`,
    got: String(provider),
    remedy: "leave it out for 'wasm'",
  });
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
