// The backend under test, registered before the first describe runs.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';

import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';

import '@tensorflow/tfjs-backend-cpu';

import { registerOnnxBackend as registerInBrowser } from '../src/browser';
import { registerOnnxBackend } from '../src/register-onnx-backend';
import type { OnnxProvider } from '../src/runtime/session-options';

/** Which provider to test; `run.ts` passes its `--provider` on in this variable. 'wasm' is the browser's runtime, run in Node. */
export const provider = (process.env.CONFORMANCE_PROVIDER ?? 'cpu') as OnnxProvider;

if (provider === 'wasm') {
  const wasmPaths = `${dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'))}/`;
  await registerInBrowser({ wasmPaths, threads: 1 });
} else {
  await registerOnnxBackend({ provider });
}
setTestEnvs([{ name: 'onnx', backendName: 'onnx', isDataSync: provider !== 'wasm' }]);
