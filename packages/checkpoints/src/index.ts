// Named tensors in files: safetensors; and what public checkpoints of ViTs hold.

export { openTensorFile } from './open-tensor-file';
export { bufferSource } from './sources/blob-source';
export { type ByteFile, openByteFile } from './sources/byte-file';
export type { ByteSource } from './sources/byte-source';
export { urlSource, type UrlSourceOptions } from './sources/url-source';
export type { TensorEntry, TensorFile } from './tensors/tensor-file';
export { byteLengthOf, type TensorType, type TensorValues } from './tensors/tensor-types';

export { npyHeader, type NpyType } from './numpy/npy-header';
export { decodeFloat16, encodeFloat16 } from './tensors/float16';
export { jsonEntry } from './safetensors/json-entry';
export { openSafetensors, type OpenSafetensorsOptions, type SafetensorsFile } from './safetensors/open-safetensors';
export {
  type TensorToWrite,
  type WriteSafetensorsOptions,
  writeSafetensors,
} from './safetensors/write-safetensors';

export { type FamilyName, familyNames } from './families/family-names';
export { configurationsBeside, usePublicModel } from './families/use-public-model';
export {
  type DecoderArchitecture,
  type HeadArchitecture,
  type PositionInterpolation,
  positionInterpolations,
  type LoadReport,
  type PublicModel,
  type PublicWeight,
  type ViTArchitecture,
} from './families/public-model';
export { type ReadPublicModelOptions, readPublicModel } from './families/read-public-model';
