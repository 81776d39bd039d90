// Picks the device that a backend runs on.

import { assertStarts } from './assert-starts';
import { OnnxBackendError } from './onnx-backend-error';
import type { OnnxRuntime } from './runtime/onnx-runtime';
import type { DeviceOptions, OnnxProvider } from './runtime/session-options';

/**
 * The provider of `wanted` that is installed and finds a device; of a list the first. A lone provider is never replaced: a training
 * run that fell back to the CPU by itself would only be noticed by its slowness.
 *
 * Throws an OnnxBackendError that says why each one is out.
 */
export function startProvider(
  runtime: OnnxRuntime,
  wanted: OnnxProvider | readonly OnnxProvider[],
  device: Omit<DeviceOptions, 'provider'>,
): OnnxProvider {
  if (!isList(wanted)) {
    start(runtime, { provider: wanted, ...device });
    return wanted;
  }
  const failures: OnnxBackendError[] = [];
  for (const provider of wanted) {
    try {
      start(runtime, { provider, ...device });
      return provider;
    } catch (error) {
      if (!OnnxBackendError.isInstance(error)) throw error;
      failures.push(error);
    }
  }
  throw noneWorks(failures, 'cpu');
}

/** What to say when no provider of a list works, and which one always would. */
export function noneWorks(failures: readonly OnnxBackendError[], last: OnnxProvider): OnnxBackendError {
  return new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: 'one of the listed providers must work here',
    got: failures.length === 0 ? 'an empty list' : failures.map(({ message }) => message).join(' | '),
    remedy: `end the list with '${last}'`,
    cause: failures[0],
  });
}

function isList(wanted: OnnxProvider | readonly OnnxProvider[]): wanted is readonly OnnxProvider[] {
  return Array.isArray(wanted);
}

function start(runtime: OnnxRuntime, device: DeviceOptions): void {
  const { provider } = device;
  if (!runtime.providers.includes(provider)) throw notInstalled(runtime, provider);
  if (provider !== 'cpu') assertStarts(runtime, device);
}

function notInstalled({ providers }: OnnxRuntime, provider: OnnxProvider): OnnxBackendError {
  return new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: `provider must be available here (${providers.join(', ')})`,
    got: provider,
    remedy: `${installation[provider] ?? 'there is no such provider'}, or use 'cpu'`,
  });
}

/** How each provider comes onto a machine, as of onnxruntime-node 1.30. */
const installation: Record<OnnxProvider, string> = {
  cpu: 'reinstall onnxruntime-node, which always has it',
  wasm: 'only browsers have it',
  webgpu: 'use onnxruntime-node 1.24 or newer, which has it on Linux, macOS and Windows',
  cuda: 'on Linux x64 run `node node_modules/onnxruntime-node/script/install.js`, which downloads it',
  dml: 'only Windows has it (DirectML)',
  coreml: 'only macOS has it (Core ML)',
};
