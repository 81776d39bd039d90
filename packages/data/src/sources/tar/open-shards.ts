// Many files that are read here and there, of which only some are open at a time.

import { type OpenShardFile, openShardFile, type ShardFile } from './shard-file';

export interface OpenShards {
  /** `length` bytes of the file at `index` from `offset` on. A SemmaeError where the file is gone or has changed. */
  read(index: number, offset: number, length: number): Promise<Uint8Array>;
  close(): void;
}

interface Opened {
  file: Promise<OpenShardFile>;
  readers: number;
}

/** Systems allow a process 256 open files and more. */
const mostOpen = 64;
/** A data set that is not used any more is not always closed: its files close when nothing has been read for so long. */
const idleMilliseconds = 2000;

export function openShards(files: readonly ShardFile[]): OpenShards {
  const opened = new Map<number, Opened>(); // least recently used first
  let most = mostOpen;
  const idle = setTimeout(() => closeIdle(0), idleMilliseconds).unref();

  function open(index: number): Opened {
    const one = { file: openShardFile(files[index]!), readers: 0 };
    one.file.catch(() => opened.delete(index)); // the next reader tries again
    return one;
  }
  function closeIdle(kept: number): void {
    for (const [index, { file, readers }] of opened) {
      if (opened.size <= kept) return;
      if (readers > 0) continue;
      opened.delete(index);
      void file.then((one) => one.close());
    }
  }

  return {
    async read(index, offset, length) {
      const one = opened.get(index) ?? open(index);
      opened.delete(index);
      opened.set(index, one);
      one.readers++;
      try {
        return new Uint8Array(await (await one.file).bytes(offset, length));
      } finally {
        one.readers--;
        closeIdle(most);
        idle.refresh();
      }
    },
    close() {
      most = 0;
      closeIdle(0);
    },
  };
}
