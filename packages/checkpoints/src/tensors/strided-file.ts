// A file whose tensors are views into stored values.

import type { ByteSource } from '../sources/byte-source';
import { namedEntry } from './named-entry';
import { readStrided, type StridedTensor } from './strided-tensor';
import type { TensorFile } from './tensor-file';

export function stridedFile(
  source: ByteSource,
  container: TensorFile['container'],
  tensors: ReadonlyMap<string, StridedTensor>,
  extras: Readonly<Record<string, unknown>>,
): TensorFile {
  const path = source.name;
  return {
    ...{ path, container, extras, metadata: {} },
    entries: new Map([...tensors].map(([name, { dtype, shape }]) => [name, { dtype, shape }])),
    read: async (name) => readStrided(path, namedEntry(path, tensors, name)),
    close: () => source.close(),
  };
}
