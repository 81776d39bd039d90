// Opens any file of tensors in a browser.

import { readTensorFile } from '../read-tensor-file';
import { blobSource, bufferSource } from '../sources/blob-source';
import type { ByteSource } from '../sources/byte-source';
import { type UrlSourceOptions, urlSource } from '../sources/url-source';
import type { TensorFile } from '../tensors/tensor-file';

/**
 * Opens the containers of `@semmae/checkpoints` from a File or Blob, from bytes in memory, or from an address that answers range
 * requests, which text is taken for. Shards are found beside an index that has an address.
 *
 * Throws a SemmaeError of one line for what cannot be read, or is truncated, damaged or of another kind.
 */
export async function openTensorFile(
  from: Blob | ArrayBuffer | Uint8Array | URL | string | ByteSource,
  options: UrlSourceOptions = {},
): Promise<TensorFile> {
  return readTensorFile(await sourceOf(from, options));
}

async function sourceOf(from: Parameters<typeof openTensorFile>[0], options: UrlSourceOptions): Promise<ByteSource> {
  if (typeof from === 'string' || from instanceof URL) return urlSource(from, options);
  if (from instanceof Blob) return blobSource(from);
  return from instanceof ArrayBuffer || from instanceof Uint8Array ? bufferSource(from) : from;
}
