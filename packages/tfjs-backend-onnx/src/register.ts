// Side effect: registers the 'onnx' backend on the CPU provider.

import { registerOnnxBackend } from './register-onnx-backend';

await registerOnnxBackend();
