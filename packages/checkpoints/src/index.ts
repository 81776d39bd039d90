// Named typed arrays in safetensors files.

export { readSafetensors } from './read-safetensors';
export type { StoredTensor, TensorFile } from './stored-tensor';
export { tensorHash } from './tensor-hash';
export { writeSafetensors } from './write-safetensors';
