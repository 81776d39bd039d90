// A local file by ranges that stays open for no longer than a read.

import { type ByteSource, openByteFile } from '@semmae/checkpoints';

/** Data sets may have more files than a process may hold open, and are not always closed. Throws a SemmaeError for what is no file. */
export function fileBytes(path: string): ByteSource {
  const opened = openByteFile(path);
  const { size } = opened;
  opened.close();
  return {
    ...{ name: path, size, close: () => undefined },
    async bytes(start, length) {
      const file = openByteFile(path);
      try {
        return await file.bytes(start, length);
      } finally {
        file.close();
      }
    },
  };
}
