// Opens any file of tensors on disk.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { SemmaeError } from '@semmae/core';

import { readTensorFile } from './read-tensor-file';
import { openByteFile } from './sources/byte-file';
import type { ByteSource } from './sources/byte-source';
import type { TensorFile } from './tensors/tensor-file';

/** What a folder of a model has, as Hugging Face writes it; the first that is there is taken. */
const namesInFolders = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
];

/**
 * Opens safetensors files, checkpoints of PyTorch in a zip archive or the older stream of pickles, `.npz` and `.npy`, models in shards
 * by their `*.index.json`, and folders with one of `model.safetensors`, `pytorch_model.bin` or their indexes. What a file is shows in
 * its bytes, not in its name. Nothing that a pickle says is executed.
 *
 * Throws a SemmaeError of one line for a path that is no readable file, and for a file that is truncated, damaged or of another kind.
 */
export async function openTensorFile(from: string | ByteSource): Promise<TensorFile> {
  return readTensorFile(typeof from === 'string' ? openByteFile(fileOf(from)) : from);
}

function fileOf(path: string): string {
  if (!isFolder(path)) return path;
  const file = namesInFolders.map((name) => join(path, name)).find((name) => existsSync(name));
  if (file !== undefined) return file;
  const got = existsSync(join(path, 'saved_model.pb')) ? 'a SavedModel of TensorFlow' : 'a folder with none of them';
  throw new SemmaeError({
    where: path,
    requirement: `must have one of ${namesInFolders.join(', ')}`,
    got,
    remedy: 'name the file itself, or the folder that has it',
  });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // what is wrong with it is said when it is opened
  }
}
