// Sessions whose errors say which graph failed, where, and what to do.

import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxRuntime, RuntimeSession, RuntimeTensors } from './onnx-runtime';
import { type DeviceOptions, type OnnxProvider, sessionOptions } from './session-options';

/** A session on `device`. It and its runs throw an OnnxBackendError: memory that is exhausted, a device that is gone, bad values. */
export function createGuardedSession(runtime: OnnxRuntime, device: DeviceOptions, model: Uint8Array): RuntimeSession {
  const { provider } = device;
  const nodes = countNodes(model);
  const session = guard(
    () => runtime.createSession(model, sessionOptions(device)),
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

/** ONNX Runtime gives one error code for everything; its words tell more. */
function remedyFor(message: string, provider: OnnxProvider): string {
  if (/alloc|out.?of.?memory/i.test(message)) {
    return `memory is exhausted: take a smaller batch, dispose tensors, or ${provider === 'cpu' ? 'give the process more memory' : "use provider 'cpu'"}`;
  }
  if (
    provider !== 'cpu' &&
    /lost|removed|hung|reset|unplugged|CUDA|cuDNN|cuBLAS|DXGI|D3D12|WebGPU|Metal/i.test(message)
  ) {
    return `the device is gone and its graphs with it: start the process again from the last checkpoint, or use provider 'cpu'`;
  }
  return 'check shapes and values that go into the operator it names';
}

function megabytes(tensors: RuntimeTensors): string {
  const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Field numbers of `ModelProto.graph` and `GraphProto.node`. */
const graphField = 7;
const nodeField = 1;

/** Nodes of an encoded model, counted without decoding them. */
function countNodes(model: Uint8Array): number {
  return fieldsOf(model, graphField).reduce((sum, graph) => sum + fieldsOf(graph, nodeField).length, 0);
}

/** The contents of each field `number` of an encoded message. */
function fieldsOf(message: Uint8Array, number: number): Uint8Array[] {
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === number && wireType === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(wireType);
  }
  return found;
}
