// The backend under test, registered before the first describe runs.

import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';

import '@tensorflow/tfjs-backend-cpu';

import { registerOnnxBackend } from '../src/register-onnx-backend';
import type { OnnxProvider } from '../src/runtime/session-options';

/** Which provider to test; `run.ts` passes its `--provider` on in this variable. */
export const provider = (process.env.CONFORMANCE_PROVIDER ?? 'cpu') as OnnxProvider;

await registerOnnxBackend({ provider });
setTestEnvs([{ name: 'onnx', backendName: 'onnx', isDataSync: true }]);
