// Tests at registration whether a provider works, so that a training run does not fail later: an installed provider may find no
// device, and a browser may not find its .wasm file.

import { collectGraph } from './graph/collect-graph';
import { createRecorder, record } from './graph/emit';
import { encodeModel } from './graph/encode-model';
import { unary } from './graph/operators';
import { dataValue } from './graph/value';
import { OnnxBackendError } from './onnx-backend-error';
import type { OnnxRuntime } from './runtime/onnx-runtime';
import { type DeviceOptions, sessionOptions } from './runtime/session-options';

/** Runs one number through the device, at once or, in a browser, by the time the promise resolves. Throws an OnnxBackendError. */
export function assertStarts(runtime: OnnxRuntime, device: DeviceOptions): void | Promise<void> {
  const negation = () => unary('Neg', dataValue('float32', [1], new Float32Array(1)));
  const graph = collectGraph([record(createRecorder(), 'Neg', negation)]);
  const number = () => runtime.tensor('float32', new Float32Array(1), [1]);
  try {
    const model = encodeModel(graph);
    const session = runtime.createSession(runtime.prepare?.(model) ?? model, sessionOptions(device));
    const run = session.run({ i0: number() }, { [graph.names.get(graph.outputs[0]!)!]: number() });
    session.release();
    return run?.catch((cause: unknown) => {
      throw doesNotStart(runtime, device, cause);
    });
  } catch (cause) {
    throw doesNotStart(runtime, device, cause);
  }
}

function doesNotStart({ providers }: OnnxRuntime, { provider }: DeviceOptions, cause: unknown): OnnxBackendError {
  return new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: `provider ${provider} must find ${provider === 'wasm' ? "onnxruntime-web's .wasm file" : 'a device'}`,
    got: cause instanceof Error ? cause.message.replaceAll('\n', ' ') : String(cause),
    remedy:
      provider === 'wasm'
        ? 'serve the files of onnxruntime-web/dist and give their folder as `wasmPaths`'
        : `install its driver${provider === 'cuda' ? ', CUDA 12 and cuDNN 9,' : ''} or use one of ${providers.filter((other) => other !== provider).join(', ')}`,
    cause,
  });
}
