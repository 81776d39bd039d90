// Picks and loads the provider that a backend in a browser runs on.

import { assertStarts } from '../assert-starts';
import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxRuntime } from '../runtime/onnx-runtime';
import type { OnnxProvider } from '../runtime/session-options';
import { loadWebRuntime, type WebProvider, type WebRuntimeOptions, webProviders } from '../runtime/web-runtime';
import { noneWorks } from '../start-provider';

export interface StartedProvider {
  provider: WebProvider;
  runtime: OnnxRuntime;
}

/** The provider of `wanted` with its runtime; of a list the first that starts. Throws an OnnxBackendError that says why none does. */
export async function startWebProvider(
  wanted: OnnxProvider | readonly OnnxProvider[],
  options: Omit<WebRuntimeOptions, 'provider'>,
): Promise<StartedProvider> {
  if (typeof wanted === 'string') return start(wanted, options);
  const failures: OnnxBackendError[] = [];
  for (const provider of wanted) {
    try {
      return await start(provider, options);
    } catch (error) {
      if (!OnnxBackendError.isInstance(error)) throw error;
      failures.push(error);
    }
  }
  throw noneWorks(failures, 'wasm');
}

async function start(provider: OnnxProvider, options: Omit<WebRuntimeOptions, 'provider'>): Promise<StartedProvider> {
  assertWebProvider(provider);
  const runtime = await loadWebRuntime({ provider, ...options });
  await assertStarts(runtime, { provider, threads: options.threads, spinMicroseconds: 0 });
  return { provider, runtime };
}

function assertWebProvider(provider: OnnxProvider): asserts provider is WebProvider {
  if ((webProviders as readonly OnnxProvider[]).includes(provider)) return;
  throw new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: `provider must be one of a browser's (${webProviders.join(', ')})`,
    got: provider,
    remedy: "leave it out for 'wasm'",
  });
}
