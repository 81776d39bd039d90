// Opens any file of tensors, whatever its container.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors } from './safetensors/read-safetensors';
import { openByteFile } from './sources/byte-file';
import type { ByteSource } from './sources/byte-source';
import type { TensorFile } from './tensors/tensor-file';

/**
 * Recognizes the container by its bytes, not by its name. A folder stands for its `model.safetensors`.
 *
 * Throws a SemmaeError of one line for a path that is no readable file, and for a file that is truncated, damaged or of another kind.
 */
export async function openTensorFile(from: string | ByteSource): Promise<TensorFile> {
  const source = typeof from === 'string' ? openByteFile(fileOf(from)) : from;
  try {
    return await readSafetensors(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

function fileOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, 'model.safetensors') : path;
}
