// Makes ONNX Runtime a tfjs backend.

import { addOnnxBackend, assertPositiveInteger } from './add-onnx-backend';
import { defaultCacheFolder } from './disk-cache/cache-folder';
import { installedRuntimeVersion } from './disk-cache/runtime-version';
import { withDiskCache } from './disk-cache/with-disk-cache';
import { OnnxBackend } from './onnx-backend';
import { OnnxBackendError } from './onnx-backend-error';
import type { OnnxBackendOptions } from './onnx-backend-options';
import { loadNodeRuntime } from './runtime/node-runtime';
import { startProvider } from './start-provider';

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
  spinMicroseconds = 200,
  priority = 4,
  cacheSize = 512,
  cacheFolder = defaultCacheFolder(),
}: OnnxBackendOptions = {}): void {
  const native = loadNodeRuntime();
  assertPositiveInteger('cacheSize', cacheSize);
  if (threads !== undefined) assertPositiveInteger('threads', threads);
  assertSpin(spinMicroseconds);
  const waits = { threads, spinMicroseconds };
  const device = { provider: startProvider(native, provider, waits), ...waits };
  const runtime =
    cacheFolder === false
      ? native
      : withDiskCache(native, { folder: cacheFolder, runtimeVersion: installedRuntimeVersion() });
  addOnnxBackend(name, priority, () => new OnnxBackend(runtime, device, cacheSize));
}

function assertSpin(microseconds: number): void {
  if (microseconds === Number.POSITIVE_INFINITY || (Number.isInteger(microseconds) && microseconds >= 0)) return;
  throw new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: 'spinMicroseconds must be a whole number from 0 on, or Infinity',
    got: String(microseconds),
    remedy: 'leave it out for the default',
  });
}
