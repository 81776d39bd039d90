// Named tensors in safetensors files.

export { decodeFloat16, encodeFloat16 } from './float16';
export { jsonEntry } from './json-entry';
export { openSafetensors, type OpenSafetensorsOptions, type SafetensorsFile } from './open-safetensors';
export type { TensorEntry } from './parse-header';
export type { TensorType, TensorValues } from './tensor-types';
export { type TensorToWrite, type WriteSafetensorsOptions, writeSafetensors } from './write-safetensors';
