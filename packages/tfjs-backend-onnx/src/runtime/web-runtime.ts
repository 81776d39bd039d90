// ONNX Runtime in the browser, through nothing but the interface of onnxruntime-common. It never blocks: sessions are made and
// run one after the other, in the order they were asked for.

import type { InferenceSession } from 'onnxruntime-common';

import { OnnxBackendError } from '../onnx-backend-error';
import type { OnnxRuntime, RuntimeSession, RuntimeTensor } from './onnx-runtime';

export type WebProvider = 'wasm' | 'webgpu';

/** Where the .wasm and .mjs files of onnxruntime-web are served: a folder's URL with its slash, or each file's. */
export type WasmPaths = string | { mjs?: URL | string; wasm?: URL | string };

export interface WebRuntimeOptions {
  provider: WebProvider;
  /** Undefined: ONNX Runtime's default, half the cores and at most 4. */
  threads: number | undefined;
  /** Undefined: beside onnxruntime-web's own script. */
  wasmPaths: WasmPaths | undefined;
}

type OrtWeb = Pick<typeof import('onnxruntime-web'), 'env' | 'InferenceSession' | 'Tensor'>;
type Enqueue = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Providers that a page can ask for; whether WebGPU finds an adapter shows when it is loaded. */
export const webProviders: readonly WebProvider[] = ['wasm', 'webgpu'];

/** Loads onnxruntime-web. Throws an OnnxBackendError that names the fix when it is not there or the provider does not start. */
export async function loadWebRuntime({ provider, threads, wasmPaths }: WebRuntimeOptions): Promise<OnnxRuntime> {
  if (provider === 'webgpu') await assertAdapter();
  const ort = await importOrt(provider);
  if (threads !== undefined) ort.env.wasm.numThreads = threads;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  const enqueue = createQueue();
  return {
    providers: webProviders,
    tensor: (type, data, dims) => new ort.Tensor(type, data, dims) as RuntimeTensor,
    createSession: (model, options) =>
      createSession(
        enqueue,
        enqueue(() => ort.InferenceSession.create(model, webOptions(options))),
      ),
  };
}

function createSession(enqueue: Enqueue, created: Promise<InferenceSession>): RuntimeSession {
  created.catch(() => undefined); // the first run reports the error
  return {
    run: (feeds, fetches) =>
      enqueue(async () => {
        const session = await created;
        // onnxruntime-web does not write into memory that is given for outputs, so its own results are copied.
        const results = await session.run(feeds as InferenceSession.FeedsType, Object.keys(fetches));
        for (const [name, { data }] of Object.entries(fetches)) {
          (data as Float32Array).set(results[name]!.data as Float32Array);
        }
      }),
    release: () => {
      enqueue(async () => (await created).release()).catch(() => undefined); // a session that failed to start needs no release
    },
  };
}

/** One task at a time: ONNX Runtime's WebAssembly module cannot be entered twice. */
function createQueue(): Enqueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}

/** What the browser's build understands of the options of a session. */
function webOptions(options: InferenceSession.SessionOptions): InferenceSession.SessionOptions {
  const { graphOptimizationLevel, executionMode, enableCpuMemArena, enableMemPattern, logSeverityLevel } = options;
  return {
    executionProviders: options.executionProviders?.filter((provider) => provider !== 'cpu'), // the browser always has it
    graphOptimizationLevel,
    executionMode,
    enableCpuMemArena,
    enableMemPattern,
    logSeverityLevel,
  };
}

/** A dynamic import, since ONNX Runtime's threads load the script that contains it again: it must be a script of its own. */
async function importOrt(provider: WebProvider): Promise<OrtWeb> {
  try {
    return await (provider === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm'));
  } catch (cause) {
    throw new OnnxBackendError({
      where: 'registerOnnxBackend',
      requirement: 'onnxruntime-web must be installed and served',
      got: cause instanceof Error ? cause.message : String(cause),
      remedy: 'run `npm install onnxruntime-web` and let the bundler split dynamic imports',
      cause,
    });
  }
}

async function assertAdapter(): Promise<void> {
  const { navigator } = globalThis as { navigator?: { gpu?: { requestAdapter(): Promise<unknown> } } };
  const gpu = navigator?.gpu;
  if (((await gpu?.requestAdapter()) ?? null) !== null) return;
  throw new OnnxBackendError({
    where: 'registerOnnxBackend',
    requirement: 'provider webgpu must find a device',
    got: gpu === undefined ? 'a browser or page without WebGPU' : 'no adapter',
    remedy: "use a browser with WebGPU on a secure page, or provider 'wasm'",
  });
}
