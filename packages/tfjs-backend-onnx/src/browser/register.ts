// Side effect in a browser: registers the 'onnx' backend on wasm. `await tf.setBackend('onnx')` loads it.

import { installOnnxBackend } from './register-onnx-backend';

installOnnxBackend();
