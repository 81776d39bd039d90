// Sessions whose errors say which graph failed, where, and what to do.

import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxRuntime, RuntimeSession, RuntimeTensors } from './onnx-runtime';
import { type DeviceOptions, type OnnxProvider, sessionOptions } from './session-options';

export interface GuardedModel {
  /** The encoded graph. */
  model: Uint8Array;
  /** Number of its operators. */
  nodes: number;
  /** ONNX Runtime options beside those of the device. */
  options?: object;
}

/** A session on `device`. It and its runs throw an OnnxBackendError: memory that is exhausted, a device that is gone, bad values. */
export function createGuardedSession(
  runtime: OnnxRuntime,
  device: DeviceOptions,
  { model, nodes, options }: GuardedModel,
): RuntimeSession {
  const { provider } = device;
  const session = guard(
    () => runtime.createSession(runtime.prepare?.(model) ?? model, { ...sessionOptions(device), ...options }),
    (cause) => graphError('compile', provider, `${nodes} operators`, cause),
  );
  return {
    run(feeds, fetches) {
      const describe = (cause: unknown) =>
        graphError('run', provider, `${nodes} operators, ${megabytes(feeds)} in and ${megabytes(fetches)} out`, cause);
      const run = guard(() => session.run(feeds, fetches), describe);
      return run?.catch((cause: unknown) => {
        throw describe(cause);
      });
    },
    release: () => session.release(),
  };
}

function guard<T>(attempt: () => T, describe: (cause: unknown) => OnnxBackendError): T {
  try {
    return attempt();
  } catch (cause) {
    throw describe(cause);
  }
}

function graphError(verb: 'compile' | 'run', provider: OnnxProvider, size: string, cause: unknown): OnnxBackendError {
  if (OnnxBackendError.isInstance(cause)) return cause;
  const got = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s*\n\s*/g, ' ');
  return new OnnxBackendError({
    where: 'OnnxBackend',
    requirement: `a graph of ${size} must ${verb} on provider ${provider}`,
    got,
    remedy: remedyFor(got, provider),
    cause,
  });
}

/** Tells the kinds of failure apart by the message, since ONNX Runtime has one error code for all. */
function remedyFor(message: string, provider: OnnxProvider): string {
  if (/allocate memory|bad.?alloc|allocation failed|out.?of.?memory/i.test(message)) {
    return `memory is exhausted: take a smaller batch, dispose tensors, or ${moreMemory(provider)}`;
  }
  // The provider's name alone says nothing: every error carries the path of the source that raised it.
  if (provider !== 'cpu' && /lost|removed|hung|reset|unplugged|(CUDA|cuDNN|cuBLAS) (failure|error)/i.test(message)) {
    return `the device is gone and its graphs with it: start the process again from the last checkpoint, or use provider 'cpu'`;
  }
  return 'check shapes and values that go into the operator it names';
}

function moreMemory(provider: OnnxProvider): string {
  if (provider === 'cpu') return 'give the process more memory';
  return provider === 'wasm' ? 'train in Node, for WebAssembly has 4 GB' : "use provider 'cpu'";
}

function megabytes(tensors: RuntimeTensors): string {
  const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
