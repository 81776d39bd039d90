// Samples that a program makes one after the other, as a source of random access. Node: what does not fit memory goes to a file.

import { closeSync, mkdtempSync, openSync, read, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { orUnwritable } from '@semmae/core/files';

import { collectSamples, type IterableSample, type IterableSourceOptions, type Spool } from './collect-samples';
import type { ImageSource } from './image-source';

export interface SpooledSourceOptions extends IterableSourceOptions {
  /** Where the temporary file lies. Default: the folder of the system for these. */
  folder?: string | undefined;
}

/**
 * Takes all `samples`, or the first `count`, and keeps them: in memory up to `memoryBytes`, further ones in a temporary file, which is
 * removed by `close`, when samples fail, and, where the system removes open files, by the end of the process. An array that the
 * iterator uses again for its next sample is copied.
 *
 * Throws what the iterator throws, and a SemmaeError for ids that repeat, no sample at all, or a full disk.
 */
export function iterableSource(
  samples: AsyncIterable<IterableSample> | Iterable<IterableSample>,
  { folder = tmpdir(), ...options }: SpooledSourceOptions = {},
): Promise<ImageSource> {
  return collectSamples(samples, options, () => fileSpool(options.name ?? 'iterableSource', folder));
}

const [readLater, writeLater] = [promisify(read), promisify(write)];

async function fileSpool(where: string, parent: string): Promise<Spool> {
  const folder = await orUnwritable({ where, path: parent }, async () => mkdtempSync(join(parent, 'semmae-samples-')));
  const path = join(folder, 'samples');
  const descriptor = openSync(path, 'wx+');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (process.platform !== 'win32') remove(); // the content stays until it is closed, and no longer than the process
  let size = 0;
  return {
    async append(bytes) {
      const start = size;
      await orUnwritable({ where, path }, async () => {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await writeLater(descriptor, bytes, done, bytes.length - done, start + done);
          done += bytesWritten;
        }
      });
      size += bytes.length;
      return start;
    },
    async read(start, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await readLater(descriptor, bytes, done, length - done, start + done);
        if (bytesRead === 0) throw new Error('the temporary file became shorter');
        done += bytesRead;
      }
      return bytes;
    },
    close() {
      closeSync(descriptor);
      remove();
    },
  };
}
