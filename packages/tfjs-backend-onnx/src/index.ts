// @semmae/tfjs-backend-onnx: table of contents.

export { compile, type TensorFunction, type TensorGroup } from './compile/compile';
export { device, type OnnxDevice } from './device';
export { type ExportedModel, type ExportOnnxOptions, exportOnnx } from './export/export-onnx';
export { OnnxBackendError, type OnnxBackendErrorOptions } from './onnx-backend-error';
export type { OnnxBackendOptions } from './onnx-backend-options';
export { type FormatProfileOptions, formatProfile } from './profile/format-profile';
export { type ProfileOptions, profile } from './profile/profile';
export type { NamedLayer } from './profile/record-scopes';
export type { NodeRow, Profile, ProfileRow, ScopeRow } from './profile/summarize';
export { registerOnnxBackend } from './register-onnx-backend';
export type { OnnxProvider } from './runtime/session-options';
export type { WasmPaths } from './runtime/web-runtime';
