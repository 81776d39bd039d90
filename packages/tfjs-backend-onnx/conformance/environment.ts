// The backend under test, registered before the first describe runs.

import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';

import '@tensorflow/tfjs-backend-cpu';

import { registerOnnxBackend } from '../src/register-onnx-backend';

await registerOnnxBackend();
setTestEnvs([{ name: 'onnx', backendName: 'onnx', isDataSync: true }]);
