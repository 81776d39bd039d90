// Side effect: registers the 'onnx' backend on the CPU provider.

import { installOnnxBackend } from './register-onnx-backend';

installOnnxBackend();
