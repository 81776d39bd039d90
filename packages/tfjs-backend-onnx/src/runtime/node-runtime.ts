// ONNX Runtime in Node. This file uses onnxruntime-node's internal binding: tfjs's dataSync() needs a synchronous run, and the
// public interface has none.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Tensor as OrtTensor } from 'onnxruntime-common';

import type { ElementArray, ElementType } from '../graph/element-type';
import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxRuntime, RuntimeSession, RuntimeTensor } from './onnx-runtime';
import { runUnconverted, withUnconvertedOutput } from './unconverted-outputs';

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(feeds: object, fetches: object, options: object): Record<string, RuntimeTensor>;
  dispose(): void;
}

interface Binding {
  InferenceSession: new () => NativeSession;
  listSupportedBackends(): { name: string; bundled: boolean }[];
}

type TensorConstructor = new (type: ElementType, data: ElementArray, dims: readonly number[]) => OrtTensor;

/** Loads onnxruntime-node. Throws an OnnxBackendError that names the fix when it is not there. */
export function loadNodeRuntime(): OnnxRuntime {
  const { binding, Tensor, folder } = loadBinding();
  return {
    providers: binding
      .listSupportedBackends()
      .filter(({ name, bundled }) => bundled || existsSync(join(folder, `libonnxruntime_providers_${name}.so`)))
      .map(({ name }) => name),
    prepare: withUnconvertedOutput,
    tensor: (type, data, dims) => new Tensor(type, data, dims) as RuntimeTensor,
    createSession: (model, options) => createSession(new binding.InferenceSession(), model, options),
  };
}

function createSession(native: NativeSession, model: Uint8Array, options: object): RuntimeSession {
  native.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
  return {
    run: (feeds, fetches) => {
      runUnconverted((all) => native.run(feeds, all, {}), fetches);
    },
    release: () => native.dispose(),
  };
}

/** `folder` is where the native libraries lie: those in the package, and the CUDA ones that its install script may have added. */
function loadBinding(): { binding: Binding; Tensor: TensorConstructor; folder: string } {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve('onnxruntime-node/dist/binding.js');
    const { binding, initOrt } = require(path) as { binding: Binding; initOrt: () => void };
    initOrt();
    // The binding recognizes tensors by the class of its own copy of onnxruntime-common.
    const { Tensor } = createRequire(path)('onnxruntime-common') as { Tensor: TensorConstructor };
    const folder = join(dirname(path), '..', 'bin', 'napi-v6', process.platform, process.arch);
    return { binding, Tensor, folder };
  } catch (cause) {
    throw new OnnxBackendError({
      where: 'registerOnnxBackend',
      requirement: 'onnxruntime-node must be installed',
      got: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      remedy:
        'run `npm install --ignore-scripts onnxruntime-node` (its install script downloads CUDA, which the CPU and WebGPU providers do not need; npm leaves the package out where that fails)',
      cause,
    });
  }
}
