// Files of tensors without Node: what a page has chosen, holds in memory, or reads from a server.

export { openTensorFile } from './open-tensor-file';
export { blobSource, bufferSource } from '../sources/blob-source';
export type { ByteSource } from '../sources/byte-source';
export { urlSource, type UrlSourceOptions } from '../sources/url-source';
export type { TensorEntry, TensorFile } from '../tensors/tensor-file';
export type { TensorType, TensorValues } from '../tensors/tensor-types';

export { type FamilyName, familyNames } from '../families/family-names';
export type { PublicModel } from '../families/public-model';
export { type ReadPublicModelOptions, readPublicModel } from '../families/read-public-model';
