// @semmae/tfjs-backend-onnx: table of contents.

export { compile, type TensorFunction, type TensorGroup } from './compile/compile';
export { device, type OnnxDevice } from './device';
export { OnnxBackendError, type OnnxBackendErrorOptions } from './onnx-backend-error';
export type { OnnxBackendOptions } from './onnx-backend-options';
export { registerOnnxBackend } from './register-onnx-backend';
export type { OnnxProvider } from './runtime/session-options';
export type { WasmPaths } from './runtime/web-runtime';
