// Random access to what a page has at hand: a file that was chosen or dropped, or bytes in memory.

import { SemmaeError } from '@semmae/core';

import { allocateBytes } from './allocate-bytes';
import type { ByteSource } from './byte-source';

/** A browser copies no more of a Blob at once than it can hold twice. */
const longestRead = 2 ** 28;

/** `name` is for messages; that of a File is its own. */
export function blobSource(blob: Blob, name = 'name' in blob ? String(blob.name) : 'a Blob'): ByteSource {
  return {
    ...{ name, size: blob.size },
    async bytes(start, length) {
      if (length <= longestRead) return piece(start, length);
      const bytes = new Uint8Array(allocateBytes(name, length));
      for (let done = 0; done < length; done += longestRead) {
        bytes.set(new Uint8Array(await piece(start + done, Math.min(longestRead, length - done))), done);
      }
      return bytes.buffer;
    },
    close: () => undefined,
  };

  async function piece(start: number, length: number): Promise<ArrayBuffer> {
    const bytes = await blob
      .slice(start, start + length)
      .arrayBuffer()
      .catch((cause) => {
        throw unreadable(cause);
      });
    if (bytes.byteLength === length) return bytes;
    throw unreadable('one that became shorter while it was read');
  }

  function unreadable(cause: unknown): SemmaeError {
    return new SemmaeError({ where: name, requirement: 'must be a readable file', got: cause, cause });
  }
}

export function bufferSource(buffer: ArrayBuffer | Uint8Array, name = 'bytes in memory'): ByteSource {
  const { buffer: memory, byteOffset, byteLength } = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
  const content = new Uint8Array(memory, byteOffset, byteLength); // of a Buffer, slices would be views
  return {
    ...{ name, size: content.length },
    bytes: async (start, length) => content.slice(start, start + length).buffer as ArrayBuffer,
    close: () => undefined,
  };
}
